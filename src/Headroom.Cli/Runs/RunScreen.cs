using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Runs;

namespace Headroom.Cli.Runs;

/// <summary>
/// What a person sees while a run is executed: a line that is redrawn, and above it what went wrong or needs an answer.
/// Without a terminal only the latter.
/// </summary>
internal sealed class RunScreen(CommandContext context, RunSession session) : IDisposable
{
    private readonly Progress _progress = Progress.OnTerminal(context.Time);
    private readonly Lock _gate = new();
    private readonly HashSet<int> _asked = [];

    public void Redraw()
    {
        // Asked before this lock is taken: the run answers under one of its own.
        var now = session.Progress();
        var asking = now.NeedsPerson == 0 ? [] : Enumerable.Range(0, session.State.Plan.Count).Where(step => session.CanDecide(step, StepDecision.Approve)).ToList();
        lock (_gate)
        {
            // An approval that is needed is not a record: it is said once per step, when it is seen.
            foreach (int step in asking)
            {
                if (!_asked.Add(step)) continue;
                string id = session.State.Plan.Plan.Steps[step].Id;
                Write($"{id}: waits for approval; in another terminal: headroom run resume {session.Id} --approve {id} (or --reject {id})");
            }
            _progress.Show($"{session.Id}: {now.Succeeded}/{now.Total} done{Part(now.Running, "running")}{Part(now.Waiting, "waiting")}{Part(now.Retrying, "to retry")}"
                + $"{Part(now.Unknown, "being looked at")}{Part(now.NeedsPerson, "for a person")}{Part(now.Failed, "failed")}{Part(now.Quarantined, "held back")}, {RunText.Time(now.Elapsed)}");
        }
    }

    public void Take(RunRecord record)
    {
        if (record.Step < 0 || !IsNotable(record)) return;
        Say($"{session.State.Plan.Plan.Steps[record.Step].Id}: {RunText.Line(record)}");
    }

    public void Dispose() => _progress.Dispose();

    private static bool IsNotable(in RunRecord record) => record.Type switch
    {
        RunRecordType.Outcome => record.Code != (byte)StepResultKind.Done,
        RunRecordType.WaitEnded => record.Code != (byte)PollVerdict.Holds,
        RunRecordType.Looked or RunRecordType.Decided => true,
        _ => false,
    };

    private static string Part(int count, string what) => count == 0 ? "" : $", {count} {what}";

    private void Say(string line)
    {
        lock (_gate) Write(line);
    }

    private void Write(string line)
    {
        _progress.Clear();
        context.Error.WriteLine(TextTable.Printable(line));
    }
}
