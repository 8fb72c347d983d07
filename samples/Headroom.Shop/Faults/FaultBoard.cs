using System.Collections.Concurrent;
using System.Diagnostics;

namespace Headroom.Shop.Faults;

/// <summary>Which endpoints have a fault switched on.</summary>
internal sealed class FaultBoard
{
    private readonly ConcurrentDictionary<string, Fault> _faults = new(StringComparer.Ordinal);
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The endpoint's fault, or <see cref="Fault.None"/>.</summary>
    public Fault this[string endpoint] => _faults.GetValueOrDefault(endpoint, Fault.None);

    public IReadOnlyDictionary<string, Fault> All => new SortedDictionary<string, Fault>(_faults, StringComparer.Ordinal);

    public void Switch(string endpoint, Fault fault) => _faults[endpoint] = fault;

    public void Clear(string endpoint) => _faults.TryRemove(endpoint, out _);

    public void Clear() => _faults.Clear();

    /// <summary>Seconds until the stall that is going on ends; 0 when there is none.</summary>
    public double StallLeft(Fault fault)
    {
        if (fault.StallMs <= 0) return 0;
        double sinceStall = Stopwatch.GetElapsedTime(_started).TotalSeconds % fault.StallEvery;
        return Math.Max(0, (fault.StallMs / 1000) - sinceStall);
    }
}
