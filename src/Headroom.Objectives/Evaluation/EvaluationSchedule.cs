namespace Headroom.Objectives.Evaluation;

/// <summary>
/// When alarms are evaluated: at instants that are multiples of a tick, each <see cref="Delay"/> later, so that what was measured up to the
/// instant has arrived. Instants that were missed are not made up for: the last one is evaluated, and the others are counted.
/// </summary>
/// <param name="tick">Distance of two instants.</param>
public sealed class EvaluationSchedule(TimeSpan tick)
{
    /// <summary>How long after an instant it is evaluated.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    private DateTimeOffset? _last;

    /// <summary>Distance of two instants.</summary>
    public TimeSpan Tick => tick;

    /// <summary>Instants that were due and not evaluated.</summary>
    public long Skipped { get; private set; }

    /// <summary>How long it is until the next instant is due; zero when one is.</summary>
    public TimeSpan Until(DateTimeOffset now)
    {
        var due = (_last is { } last ? last + tick : Floor(now - Delay)) + Delay;
        return due <= now ? TimeSpan.Zero : due - now;
    }

    /// <summary>The instant to evaluate now, or null when none is due.</summary>
    public DateTimeOffset? Take(DateTimeOffset now)
    {
        var newest = Floor(now - Delay);
        // A clock that was set back must not make the past happen again.
        if (_last is { } last)
        {
            if (newest <= last) return null;
            Skipped += ((newest - last).Ticks / tick.Ticks) - 1;
        }
        _last = newest;
        return newest;
    }

    private DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - ((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) % tick.Ticks), TimeSpan.Zero);
}
