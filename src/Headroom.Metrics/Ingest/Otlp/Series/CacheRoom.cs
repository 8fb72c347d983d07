namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>How many entries the caches of all decoders may hold together.</summary>
internal sealed class CacheRoom(long entries)
{
    private long _used;

    /// <summary>Whether more are held than should be; then someone must forget.</summary>
    public bool IsExceeded => Interlocked.Read(ref _used) > entries;

    public void Take() => Interlocked.Increment(ref _used);

    public void Return(long count) => Interlocked.Add(ref _used, -count);
}
