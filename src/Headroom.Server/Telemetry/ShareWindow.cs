namespace Headroom.Server.Telemetry;

/// <summary>The share of events that went well over the last five minutes, counted by the minute.</summary>
/// <param name="time">The clock.</param>
internal sealed class ShareWindow(TimeProvider time)
{
    private const int Minutes = 5;

    private readonly Lock _lock = new();
    private readonly (long Minute, long Good, long All)[] _counts = new (long, long, long)[Minutes];

    /// <summary>Counts events.</summary>
    public void Add(bool good, long events = 1)
    {
        long minute = Minute();
        lock (_lock)
        {
            ref var slot = ref _counts[minute % Minutes];
            if (slot.Minute != minute) slot = (minute, 0, 0);
            slot.All += events;
            if (good) slot.Good += events;
        }
    }

    /// <summary>The share in percent; null when nothing happened.</summary>
    public double? Percent()
    {
        long oldest = Minute() - Minutes + 1;
        long good = 0;
        long all = 0;
        lock (_lock)
            foreach (var slot in _counts)
                if (slot.Minute >= oldest)
                    (good, all) = (good + slot.Good, all + slot.All);
        return all == 0 ? null : 100.0 * good / all;
    }

    private long Minute() => time.GetTimestamp() / time.TimestampFrequency / 60;
}
