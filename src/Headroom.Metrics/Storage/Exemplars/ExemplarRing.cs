namespace Headroom.Metrics.Storage;

/// <summary>
/// The exemplars added last, at most a bound of them: the oldest go first. An exemplar that stands among the last few of
/// its series is not added again, since exporters show the same one until they have a newer. Guarded by its owner.
/// </summary>
internal sealed class ExemplarRing(int capacity)
{
    /// <summary>How many of a series' exemplars a new one is compared with.</summary>
    private const int Compared = 16;

    private readonly Dictionary<Labels, long> _latest = [];
    private Entry[] _entries = [];
    private long _next;

    /// <summary>Number of exemplars held.</summary>
    public int Count => (int)Math.Min(_next, _entries.Length);

    /// <summary>Adds an exemplar; false when it is there already, or when the ring holds none at all.</summary>
    public bool Add(in Exemplar exemplar)
    {
        if (capacity == 0) return false;
        long previous = _latest.GetValueOrDefault(exemplar.Series, -1);
        long at = previous;
        for (int i = 0; i < Compared && IsHeld(at); i++)
        {
            ref var there = ref EntryAt(at);
            if (there.Exemplar.Time == exemplar.Time && there.Exemplar.Value.Equals(exemplar.Value) && there.Exemplar.Labels.Equals(exemplar.Labels)) return false;
            at = there.Previous;
        }
        if (_next == _entries.Length && _entries.Length < capacity) Array.Resize(ref _entries, Math.Min(capacity, Math.Max(64, _entries.Length * 2)));
        ref var entry = ref EntryAt(_next);
        if (_next >= _entries.Length && _latest.GetValueOrDefault(entry.Exemplar.Series, -1) == _next - _entries.Length) _latest.Remove(entry.Exemplar.Series);
        entry = new Entry(exemplar, previous);
        _latest[exemplar.Series] = _next++;
        return true;
    }

    /// <summary>All exemplars, oldest first.</summary>
    public Exemplar[] Snapshot()
    {
        var all = new Exemplar[Count];
        for (int i = 0; i < all.Length; i++) all[i] = EntryAt(_next - all.Length + i).Exemplar;
        return all;
    }

    /// <summary>Forgets the exemplars for which a condition holds.</summary>
    public void RemoveAll(Predicate<Exemplar> condition)
    {
        var all = Snapshot();
        (_entries, _next) = ([], 0);
        _latest.Clear();
        foreach (var one in all)
            if (!condition(one)) Add(one);
    }

    /// <summary>The exemplars of a snapshot that match, by series and time.</summary>
    public static IReadOnlyList<Exemplar> Matching(Exemplar[] snapshot, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end)
    {
        var decided = new Dictionary<Labels, bool>();
        var found = new List<Exemplar>();
        foreach (var one in snapshot)
        {
            if (one.Time < start || one.Time > end) continue;
            if (!decided.TryGetValue(one.Series, out bool matches))
                decided[one.Series] = matches = selectors.Any(matchers => LabelMatcher.AllMatch(matchers, one.Series));
            if (matches) found.Add(one);
        }
        // OrderBy is stable: of equal times the one added first stays first.
        return [.. found.OrderBy(one => one.Series).ThenBy(one => one.Time)];
    }

    private bool IsHeld(long number) => number >= 0 && number >= _next - _entries.Length;

    private ref Entry EntryAt(long number) => ref _entries[number % _entries.Length];

    private readonly record struct Entry(Exemplar Exemplar, long Previous);
}
