using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Data;
using Headroom.Cli.Output;
using Headroom.Server.Data;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom data restore</c>: a store from a backup. Works on files: no server may have the data directory open.</summary>
internal sealed class DataRestoreCommand : HeadroomSubcommand
{
    private readonly Argument<string> _backup = new("DIR") { Description = "A backup, or the directory of backups, of which the newest is taken." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DataRestoreCommand() : base("restore", "Restores measurements from a backup into an empty data directory, and verifies them.")
    {
        Add(_backup);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom data restore backups --data restored", "The newest backup of ./backups; a store that is there already is never overwritten.")];

    public override Task<int> RunAsync(CommandContext context)
    {
        var restored = DataRestoration.Run(context.Parse.GetValue(_backup)!, context.Parse.GetValue(CommonOptions.Data)!, context.Cancel);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(JsonSerializer.Serialize(restored, DataJson.Default.DataRestoration));
            return Task.FromResult(ExitCodes.Done);
        }
        context.Output.WriteLine(TextTable.Printable($"{restored.Backup} restored to {restored.Directory}"));
        context.Output.WriteLine(DataText.Verified(restored.Verified));
        return Task.FromResult(ExitCodes.Done);
    }
}
