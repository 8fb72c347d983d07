namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>The instants an expression is evaluated at: <paramref name="Count"/> of them from <paramref name="Start"/>, in Unix milliseconds.</summary>
internal readonly record struct Steps(long Start, long Interval, int Count)
{
    public long this[int step] => Start + (step * Interval);

    public long End => this[Count - 1];

    public static Steps At(long time) => new(time, 1, 1);

    /// <summary>The first step at or after a time; <see cref="Count"/> when there is none.</summary>
    public int FirstFrom(long time)
    {
        if (time <= Start) return 0;
        long step = (time - Start + Interval - 1) / Interval;
        return step < Count ? (int)step : Count;
    }
}
