using System.CommandLine;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom key revoke</c>: ends an API key.</summary>
internal sealed class KeyRevokeCommand : HeadroomSubcommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The key's id, as headroom key list shows it." };

    public KeyRevokeCommand() : base("revoke", "Ends an API key at once.") => Add(_id);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom key revoke 4t7c0mzk2rdx", "From now on it opens nothing.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        string id = context.Parse.GetValue(_id)!;
        await using var api = context.Connect();
        await api.DeleteAsync("/api/keys/" + Uri.EscapeDataString(id), context.Cancel);
        context.Output.WriteLine($"revoked {id}");
        return ExitCodes.Done;
    }
}
