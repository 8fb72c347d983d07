using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Data;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Data;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom data backup</c>: a verified copy while the server goes on.</summary>
internal sealed class DataBackupCommand : HeadroomSubcommand
{
    private readonly Argument<string> _directory = new("DIR") { Description = "Where backups are kept; this one gets a directory of its own in it, named by the time." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DataBackupCommand() : base("backup", "Backs the measurements up while the server goes on, and verifies the backup.")
    {
        Add(_directory);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom data backup backups", "A new backup in ./backups; what the last one has already is not copied again.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        if (!api.IsLocal)
            throw new ProblemException(new Problem("backup-not-allowed", "A backup is written by the server on its own machine.", "--server", "Run this on the server's machine, with its --data."));
        using var json = await api.PostJsonAsync(ApiClient.PathWith("/api/data/backup", ("directory", Path.GetFullPath(context.Parse.GetValue(_directory)!))), new StringContent(""), context.Cancel);
        var made = json.Deserialize(DataJson.Default.DataBackup)!;
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(JsonSerializer.Serialize(made, DataJson.Default.DataBackup));
            return ExitCodes.Done;
        }
        context.Output.WriteLine(TextTable.Printable($"{made.Directory}: {DataText.Size(made.CopiedBytes)} copied, {DataText.Size(made.LinkedBytes)} linked"));
        context.Output.WriteLine(DataText.Verified(made.Verified));
        return ExitCodes.Done;
    }
}
