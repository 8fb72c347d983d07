using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Runs;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run rollback RUN</c>: undoes what a run did, in reverse order, as a run of its own.</summary>
internal sealed class RunRollbackCommand : HeadroomSubcommand
{
    private readonly Argument<string> _run = new("RUN") { Description = "The run, or the beginning of its name. One that is not over is stopped first." };
    private readonly Option<string?> _deadline = new("--deadline") { Description = "Time the rollback may take [default: 2h].", HelpName = "DURATION" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunRollbackCommand() : base("rollback", "Undoes what a run did, each step after all that was built on it. What one rollback did not achieve, the next one tries again.")
    {
        Add(_run);
        Add(_deadline);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom run rollback move-shop --deadline 30m", "Undo a run within half an hour.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        TimeSpan? deadline = null;
        if (context.Parse.GetValue(_deadline) is { } text)
        {
            if (!DurationText.TryParse(text, out var parsed, out string reason) || parsed == TimeSpan.Zero)
                throw new ProblemException(new Problem("usage", $"'{text}' is not a time{(reason.Length == 0 ? "" : ": " + reason)}.", "--deadline", "Write it like 30m or 1h30m."));
            deadline = parsed;
        }
        var house = new RunHouse(context);
        string run = house.Catalog.Resolve(context.Parse.GetValue(_run)!);
        var state = house.Catalog.Load(run);
        // A rollback is not stopped to be undone: that is refused with its own message.
        if (state.Header.RollsBack is null) await RunExecution.StopAsync(context, house, run);
        return await RunExecution.RollBackAsync(context, house, run, deadline, context.Parse.GetValue(_output) == "json");
    }
}
