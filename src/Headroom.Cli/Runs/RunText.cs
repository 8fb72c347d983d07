using Headroom.Configuration.Values;
using Headroom.Runs;

namespace Headroom.Cli.Runs;

/// <summary>Runs, steps and records in words.</summary>
internal static class RunText
{
    /// <summary>Where a run stands, in a few words; in JSON with hyphens between them.</summary>
    public static string Status(RunEngine engine, int? executedBy) => engine.Phase switch
    {
        RunPhase.Ended => Word(engine.Result!.Value),
        _ when executedBy is not null => engine.Phase == RunPhase.Stopping ? "stopping" : "running",
        RunPhase.Idle => "not begun",
        _ when engine.CountOf(StepState.NeedsPerson) > 0 => "needs a person",
        RunPhase.Paused => "paused",
        _ => "interrupted",
    };

    public static string Word(RunResult result) => result switch
    {
        RunResult.Succeeded => "succeeded",
        RunResult.Stopped => "stopped",
        _ => "failed",
    };

    /// <summary>Where a step stands.</summary>
    public static string Word(StepState state, bool executing) => state switch
    {
        StepState.Pending => "waits for others",
        StepState.Ready => "ready",
        StepState.Starting => "starting",
        StepState.Running => executing ? "running" : "interrupted",
        StepState.Recording => "ending",
        StepState.Waiting or StepState.Polling => "waiting",
        StepState.Backoff => "to be retried",
        StepState.Unknown or StepState.Looking => executing ? "being looked at" : "interrupted",
        StepState.NeedsPerson => "needs a person",
        StepState.NeedsApproval => "needs approval",
        StepState.Succeeded => "succeeded",
        StepState.Quarantined => "held back",
        _ => "failed",
    };

    /// <summary>What a record says.</summary>
    public static string Line(in RunRecord record) => (record.Type switch
    {
        RunRecordType.Started => "created",
        RunRecordType.Opened => "taken up",
        RunRecordType.Intent => $"begins, attempt {record.Attempt}",
        RunRecordType.Outcome => (StepResultKind)record.Code switch
        {
            StepResultKind.Done => "done",
            StepResultKind.Failed => "failed",
            StepResultKind.Rejected => "failed for good",
            StepResultKind.Throttled => "was asked to slow down",
            _ => "ended without an answer",
        },
        RunRecordType.Looked => (CheckVerdict)record.Code switch
        {
            CheckVerdict.Done => "looked at: it was done",
            CheckVerdict.NotDone => "looked at: it was not done",
            _ => "looked at: cannot tell, a person must say",
        },
        RunRecordType.WaitEnded => (PollVerdict)record.Code == PollVerdict.Holds ? "wait is over" : "wait failed",
        RunRecordType.Decided => (StepDecision)record.Code switch
        {
            StepDecision.Approve => "approved",
            StepDecision.Reject => "rejected",
            StepDecision.Done => "declared done",
            StepDecision.NotDone => "declared not done",
            _ => "to be retried",
        },
        RunRecordType.Paused => "paused",
        RunRecordType.Continued => "continued",
        RunRecordType.StopAsked => "asked to stop",
        _ => "ended: " + Word((RunResult)record.Code),
    }) + Detail(record);

    /// <summary>A length of time for people.</summary>
    public static string Time(TimeSpan time) => time < TimeSpan.FromSeconds(1) ? $"{time.TotalMilliseconds:0}ms"
        : time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0.0}s"
        : DurationText.Format(TimeSpan.FromSeconds(Math.Round(time.TotalSeconds)));

    /// <summary>How many of something.</summary>
    public static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Detail(in RunRecord record)
    {
        if (record.Type == RunRecordType.Started || record.Text is null) return "";
        bool byPerson = record.Type is RunRecordType.Opened or RunRecordType.Paused or RunRecordType.Continued or RunRecordType.StopAsked or RunRecordType.Decided;
        return (byPerson ? " by " : ": ") + record.Text;
    }
}
