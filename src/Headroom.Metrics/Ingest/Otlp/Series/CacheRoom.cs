namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>How many bytes the caches of all decoders may hold together, roughly.</summary>
internal sealed class CacheRoom(long bytes)
{
    private long _used;

    /// <summary>Whether more are held than should be; then someone must forget.</summary>
    public bool IsExceeded => Interlocked.Read(ref _used) > bytes;

    /// <summary>Takes room for an entry; returns what is to be given back for it.</summary>
    /// <param name="keyBytes">Size of its key. Labels are as long in UTF-16, twice over with their objects.</param>
    public long Take(int keyBytes)
    {
        long size = 400 + (4L * keyBytes);
        Interlocked.Add(ref _used, size);
        return size;
    }

    public void Return(long size) => Interlocked.Add(ref _used, -size);
}
