namespace Headroom.Resilience.Tuning;

/// <summary>What was recorded of a call.</summary>
public enum RecordedOutcome
{
    /// <summary>Succeeded in good time.</summary>
    Ok,

    /// <summary>Failed.</summary>
    Fail,

    /// <summary>Succeeded, too late to be of use.</summary>
    Slow,
}

/// <summary>One recorded call.</summary>
/// <param name="StartedAt">When it started.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Duration">How long it took; zero when not recorded.</param>
public readonly record struct RecordedCall(DateTimeOffset StartedAt, RecordedOutcome Outcome, TimeSpan Duration);

/// <summary>Calls to one dependency over some time, in the order they started.</summary>
public sealed class FailureHistory
{
    /// <summary>Takes calls in any order.</summary>
    public FailureHistory(IEnumerable<RecordedCall> calls)
    {
        // A stable sort: calls of one moment keep the order they were recorded in.
        Calls = [.. calls.OrderBy(call => call.StartedAt)];
    }

    /// <summary>The calls, by start.</summary>
    public IReadOnlyList<RecordedCall> Calls { get; }

    /// <summary>The part that starts no earlier than so long before its end.</summary>
    public FailureHistory Last(TimeSpan time)
    {
        if (Calls.Count == 0) return this;
        DateTimeOffset from = Calls[^1].StartedAt - time;
        return new FailureHistory(Calls.Where(call => call.StartedAt >= from));
    }
}

/// <summary>A line of a history that cannot be understood.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="What">What is wrong with it.</param>
public readonly record struct HistoryError(int Line, string What);

/// <summary>What came of reading a history.</summary>
/// <param name="History">The calls of every line that was understood.</param>
/// <param name="Errors">What was not; at most the first twenty lines.</param>
public sealed record HistoryReading(FailureHistory History, IReadOnlyList<HistoryError> Errors);
