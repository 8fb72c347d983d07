using System.Diagnostics.Metrics;

namespace Headroom.Resilience;

/// <summary>
/// The objects an observable gauge reads, held weakly so that measuring keeps nothing alive. Objects of one name are
/// one series: their values are added.
/// </summary>
internal sealed class LiveInstances<T> where T : class
{
    private readonly Lock _lock = new();
    private readonly List<WeakReference<T>> _instances = [];

    public void Add(T instance)
    {
        lock (_lock)
        {
            // Those that were collected leave when somebody comes, so the list never outgrows twice what lives.
            if (_instances.Count == _instances.Capacity) _instances.RemoveAll(reference => !reference.TryGetTarget(out _));
            _instances.Add(new WeakReference<T>(instance));
        }
    }

    public void Remove(T instance)
    {
        lock (_lock) _instances.RemoveAll(reference => !reference.TryGetTarget(out T? other) || other == instance);
    }

    /// <summary>All that still live.</summary>
    public List<T> ToList()
    {
        var live = new List<T>();
        lock (_lock)
        {
            foreach (WeakReference<T> reference in _instances)
            {
                if (reference.TryGetTarget(out T? instance)) live.Add(instance);
            }
        }

        return live;
    }

    /// <summary>One measurement per name, the sum over its instances.</summary>
    public IEnumerable<Measurement<long>> Observe(Func<T, string> name, Func<T, long> value, string tag) =>
        ToList().GroupBy(name, StringComparer.Ordinal)
            .Select(group => new Measurement<long>(group.Sum(value), new KeyValuePair<string, object?>(tag, group.Key)));
}
