namespace Headroom.Resilience.Tuning;

/// <summary>
/// A history as columns for replaying: times in 100 ns ticks since its first call, starts ascending. A call marked slow
/// lasts at least the slow-call duration, so that every candidate sees it as slow.
/// </summary>
internal sealed class ReplayCalls
{
    public ReplayCalls(FailureHistory history, TimeSpan slowCallDuration)
    {
        int count = history.Calls.Count;
        Starts = new long[count];
        Ends = new long[count];
        Failed = new bool[count];
        Bad = new bool[count];
        if (count == 0) return;
        Origin = history.Calls[0].StartedAt;
        for (int i = 0; i < count; i++)
        {
            RecordedCall call = history.Calls[i];
            TimeSpan duration = call.Outcome == RecordedOutcome.Slow && call.Duration < slowCallDuration ? slowCallDuration : call.Duration;
            Starts[i] = (call.StartedAt - Origin).Ticks;
            Ends[i] = Starts[i] + duration.Ticks;
            Failed[i] = call.Outcome == RecordedOutcome.Fail;
            Bad[i] = Failed[i] || duration >= slowCallDuration;
        }
    }

    private ReplayCalls(ReplayCalls original, bool[] failed)
    {
        Origin = original.Origin;
        Starts = original.Starts;
        Ends = original.Ends;
        Failed = failed;
        Bad = [.. original.Bad.Select((bad, i) => bad || failed[i])];
    }

    public DateTimeOffset Origin { get; }

    public long[] Starts { get; }

    public long[] Ends { get; }

    public bool[] Failed { get; }

    /// <summary>Failed or slow.</summary>
    public bool[] Bad { get; }

    public int Count => Starts.Length;

    /// <summary>The same calls with other ones failing.</summary>
    public ReplayCalls WithFailures(bool[] failed) => new(this, failed);
}
