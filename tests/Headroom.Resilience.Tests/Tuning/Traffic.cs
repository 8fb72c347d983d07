using Headroom.Resilience.Tuning;

namespace Headroom.Resilience.Tests.Tuning;

/// <summary>Makes recorded histories: steady traffic with failures where the test wants them.</summary>
internal sealed class Traffic(double callsPerSecond, int seed = 1)
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Random _random = new(seed);
    private readonly List<RecordedCall> _calls = [];
    private double _seconds;

    public static DateTimeOffset At(double seconds) => s_start.AddSeconds(seconds);

    /// <summary>Calls at random moments, each failing with a probability.</summary>
    public Traffic Go(double seconds, double failing = 0)
    {
        double end = _seconds + seconds;
        while (true)
        {
            _seconds += -Math.Log(1 - _random.NextDouble()) / callsPerSecond;
            if (_seconds >= end) break;
            Add(_random.NextDouble() < failing);
        }

        _seconds = end;
        return this;
    }

    /// <summary>Calls that fail in a row, a tenth of a second apart.</summary>
    public Traffic FailInARow(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            Add(failed: true);
            _seconds += 0.1;
        }

        return this;
    }

    public Traffic Silence(double seconds)
    {
        _seconds += seconds;
        return this;
    }

    public FailureHistory History() => new(_calls);

    private void Add(bool failed) => _calls.Add(new RecordedCall(
        At(_seconds), failed ? RecordedOutcome.Fail : RecordedOutcome.Ok, TimeSpan.FromMilliseconds(_random.Next(5, 50))));
}
