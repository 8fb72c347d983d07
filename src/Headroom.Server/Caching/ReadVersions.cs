using Headroom.Metrics;

namespace Headroom.Server.Caching;

/// <summary>
/// How far the store has been written, for those who keep answers: an answer stays good as long as the number it was
/// made under is the current one. There are two numbers. Every write moves the first before it is acknowledged. The
/// second moves only when a write reaches into the past, so that answers about settled time outlive the stream of new samples.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="staleness">How long the first number may stand still although writes came.</param>
internal sealed class ReadVersions(TimeProvider time, TimeSpan staleness)
{
    /// <summary>A sample older than this is a write into the past.</summary>
    internal static readonly TimeSpan OldWrite = TimeSpan.FromMinutes(30);

    /// <summary>Time that ended longer ago than this is settled. The gap to <see cref="OldWrite"/> keeps a clock that is a little off from mattering.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private long _all;
    private long _past;
    private long _shown;
    private long? _shownAt;

    /// <summary>Whether nobody else writes where the answers come from; false for a shared cluster, whose answers about unsettled time are kept as briefly as those about now.</summary>
    public bool SeesEveryWrite { get; set; } = true;

    /// <summary>Notes what a request has written; to be called before it is acknowledged.</summary>
    public void Wrote(WriteRequest request)
    {
        Interlocked.Increment(ref _all);
        long old = time.GetUtcNow().ToUnixTimeMilliseconds() - (long)OldWrite.TotalMilliseconds;
        if (HasOlder(request, old)) Interlocked.Increment(ref _past);
    }

    /// <summary>Notes that anything may have changed: a deletion, a restore.</summary>
    public void ChangedEverything()
    {
        Interlocked.Increment(ref _all);
        Interlocked.Increment(ref _past);
    }

    /// <summary>The number for answers about time up to an instant, Unix milliseconds; null for all of time.</summary>
    public (char Kind, long Number) For(long? end)
    {
        if (end is { } until && until <= time.GetUtcNow().ToUnixTimeMilliseconds() - (long)Settled.TotalMilliseconds) return ('p', Volatile.Read(ref _past));
        long all = Volatile.Read(ref _all);
        if (staleness == TimeSpan.Zero) return ('a', all);
        lock (_lock)
        {
            long now = time.GetTimestamp();
            if (all == _shown || _shownAt is not { } since || time.GetElapsedTime(since, now) >= staleness) (_shown, _shownAt) = (all, now);
            return ('a', _shown);
        }
    }

    private static bool HasOlder(WriteRequest request, long old)
    {
        foreach (var sample in request.Samples)
            if (sample.Time < old) return true;
        foreach (var sample in request.Observations)
            if (sample.Time < old) return true;
        foreach (var sample in request.Histograms)
            if (sample.Time < old) return true;
        return false;
    }
}
