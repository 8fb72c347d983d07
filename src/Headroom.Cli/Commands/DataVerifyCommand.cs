using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Data;
using Headroom.Server.Data;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom data verify</c>: reads and checks every byte.</summary>
internal sealed class DataVerifyCommand : HeadroomSubcommand
{
    private readonly Argument<string?> _backup = new("BACKUP") { Description = "A backup to verify instead of the data directory.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DataVerifyCommand() : base("verify", "Reads every byte of the stored measurements and checks it; names file and byte of what is damaged.")
    {
        Add(_backup);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom data verify", "The data directory, also while a server runs in it."),
        ("headroom data verify backups", "The newest backup in a directory."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        DataVerification verified;
        if (context.Parse.GetValue(_backup) is { } backup)
        {
            verified = DataVerification.OfBackup(backup, context.Cancel);
        }
        else
        {
            await using var api = context.Connect();
            using var json = await api.PostJsonAsync("/api/data/verify", new StringContent(""), context.Cancel);
            verified = json.Deserialize(DataJson.Default.DataVerification)!;
        }
        context.Output.WriteLine(context.Parse.GetValue(_output) == "json" ? JsonSerializer.Serialize(verified, DataJson.Default.DataVerification) : DataText.Verified(verified));
        return ExitCodes.Done;
    }
}
