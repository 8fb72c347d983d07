using System.CommandLine;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom silence remove ID</c>: ends a silence.</summary>
internal sealed class SilenceRemoveCommand : HeadroomSubcommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The silence, as silence list shows it." };

    public SilenceRemoveCommand() : base("remove", "Ends a silence at once.") => Add(_id);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom silence remove 3f1c0a9b2d4e", "What it kept quiet is told, if it still holds.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string id = context.Parse.GetValue(_id)!;
        using var answer = await api.SendAsync(HttpMethod.Delete, $"/api/silences/{Uri.EscapeDataString(id)}", null, context.Cancel);
        context.Output.WriteLine($"silence {id} is removed");
        return ExitCodes.Done;
    }
}
