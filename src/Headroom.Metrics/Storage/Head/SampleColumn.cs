using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>What became of an insertion into a <see cref="SampleColumn"/>.</summary>
internal enum Insertion
{
    /// <summary>The sample is there now.</summary>
    Added,

    /// <summary>The same sample was there already.</summary>
    Same,

    /// <summary>Another sample stands at that time; it stays.</summary>
    Different,
}

/// <summary>
/// Samples of one series in memory, in time order whatever order they arrive in: a sorted list of leaves, the last one
/// growing. Changed under the head's lock only; a <see cref="ColumnView"/> taken under the lock stays as it is while
/// the column goes on: appending writes behind what a view sees, and a change before that is made on a copy when a view
/// may hold the leaf.
/// </summary>
/// <param name="raw">Whether times may repeat (raw entries, kept in arrival order) or identify a sample.</param>
internal sealed class SampleColumn(bool raw)
{
    // The last leaf stands apart, so that a series with few samples needs no list.
    private Leaf? _last;
    private Leaf[] _earlier = [];
    private long _earlierGeneration;
    private int _earlierCount;

    /// <summary>Number of samples.</summary>
    public int Samples { get; private set; }

    public bool IsEmpty => _last is null;

    /// <summary>Time of the first sample; the column must not be empty.</summary>
    public long First => _earlierCount > 0 ? _earlier[0].First : _last!.First;

    /// <summary>Time of the last sample; the column must not be empty.</summary>
    public long Last => _last!.Last;

    /// <summary>Puts a sample in its place.</summary>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="value">The value; 0 for a histogram.</param>
    /// <param name="extra">Histogram or note, or null.</param>
    /// <param name="memory">What the columns share.</param>
    public Insertion Insert(long time, double value, object? extra, ColumnMemory memory)
    {
        if (_last is null || time > _last.Last || (raw && time == _last.Last))
        {
            Append(time, value, extra, memory);
            Samples++;
            return Insertion.Added;
        }
        int at = LeafFor(time);
        var leaf = Open(at, memory);
        int position = leaf.PositionFor(time, behind: raw);
        if (!raw && position < leaf.Count && leaf.TimeAt(position) == time)
            return IsSame(leaf, position, value, extra) ? Insertion.Same : Insertion.Different;
        if (leaf.IsSeen || leaf.Generation < memory.Generation)
        {
            leaf = leaf.Part(0, leaf.Count, memory);
            Replace(at, leaf, memory);
        }
        if (leaf.Count >= Limit(leaf))
        {
            int half = leaf.Count / 2;
            var second = leaf.Part(half, leaf.Count, memory);
            leaf = leaf.Part(0, half, memory);
            Replace(at, leaf, memory);
            InsertLeaf(at + 1, second, memory);
            if (position > half) (leaf, position) = (second, position - half);
        }
        leaf.Insert(position, time, value, extra, memory);
        Samples++;
        return Insertion.Added;
    }

    /// <summary>Whether a sample stands at a time, and whether it is this one.</summary>
    public Insertion Find(long time, double value, object? extra, ColumnMemory memory)
    {
        if (IsEmpty || time > Last || time < First) return Insertion.Added;
        var stands = At(LeafFor(time));
        var leaf = stands.Packed is null ? stands : stands.Unpack(memory);
        int position = leaf.PositionFor(time, behind: false);
        var found = position == leaf.Count || leaf.TimeAt(position) != time ? Insertion.Added
            : IsSame(leaf, position, value, extra) ? Insertion.Same
            : Insertion.Different;
        if (leaf != stands) leaf.Release(memory);
        return found;
    }

    /// <summary>Its runs, for one who knows that it does not change meanwhile, in place of what is in a list.</summary>
    public List<SampleRun> Runs(List<SampleRun> into)
    {
        into.Clear();
        for (int i = 0; i < _earlierCount; i++) into.Add(SampleRun.Of(_earlier[i]));
        if (_last is not null) into.Add(SampleRun.Of(_last));
        return into;
    }

    /// <summary>What the column holds now. The caller starts a new snapshot generation before the next change.</summary>
    public ColumnView View()
    {
        if (_last is null) return default;
        _last.IsSeen = true;
        return new ColumnView(_earlier, _earlierCount, SampleRun.Of(_last));
    }

    /// <summary>Gives the memory of a column back that nothing refers to any more.</summary>
    public void Release(ColumnMemory memory) => _last?.Release(memory);

    private static bool IsSame(Leaf leaf, int position, double value, object? extra) =>
        leaf.Extras?[position] is Histogram there
            ? extra is Histogram histogram && there.Equals(histogram)
            : extra is not Histogram && BitConverter.DoubleToInt64Bits(leaf.Values[position]) == BitConverter.DoubleToInt64Bits(value);

    private int Limit(Leaf leaf) => raw || leaf.Extras is null ? ChunkLimits.Floats : ChunkLimits.Histograms;

    private Leaf At(int at) => at < _earlierCount ? _earlier[at] : _last!;

    private void Append(long time, double value, object? extra, ColumnMemory memory)
    {
        // A series that changes its kind starts a leaf, so that leaves stay of one kind and can be packed.
        if (_last is null || _last.Packed is not null || _last.Count >= Limit(_last) || (!raw && _last.Extras is null != extra is null))
        {
            // After a full leaf more is to be expected; a first sample may stay the only one.
            int capacity = _last is null ? Leaf.FirstCapacity : Math.Max(Leaf.FirstCapacity, _last.Count / 4);
            if (_last is { Packed: null } full && full.Count > ChunkLimits.Histograms / 2) _last = full.Pack(raw, memory);
            InsertLeaf(_last is null ? 0 : _earlierCount + 1, new Leaf(capacity, memory), memory);
        }
        _last!.Append(time, value, extra, memory);
    }

    // The last leaf that starts at or before the time, or the first one.
    private int LeafFor(long time)
    {
        if (_last!.First <= time) return _earlierCount;
        int low = 0;
        int high = Math.Max(0, _earlierCount - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_earlier[middle].First <= time) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private Leaf Open(int at, ColumnMemory memory)
    {
        var leaf = At(at);
        if (leaf.Packed is null) return leaf;
        leaf = leaf.Unpack(memory);
        Replace(at, leaf, memory);
        return leaf;
    }

    private void Replace(int at, Leaf leaf, ColumnMemory memory)
    {
        if (at == _earlierCount)
        {
            _last = leaf;
            return;
        }
        if (_earlierGeneration < memory.Generation) CopyEarlier(memory, _earlier.Length);
        _earlier[at] = leaf;
    }

    private void InsertLeaf(int at, Leaf leaf, ColumnMemory memory)
    {
        if (_last is null)
        {
            _last = leaf;
            return;
        }
        if (_earlierCount == _earlier.Length) CopyEarlier(memory, Math.Max(2, _earlier.Length * 2));
        // Behind a view's count the list may be written in place; within it only on a copy.
        if (at > _earlierCount)
        {
            _earlier[_earlierCount++] = _last;
            _last = leaf;
            return;
        }
        if (_earlierGeneration < memory.Generation) CopyEarlier(memory, _earlier.Length);
        Array.Copy(_earlier, at, _earlier, at + 1, _earlierCount - at);
        _earlier[at] = leaf;
        _earlierCount++;
    }

    private void CopyEarlier(ColumnMemory memory, int size)
    {
        var copy = new Leaf[size];
        Array.Copy(_earlier, copy, _earlierCount);
        (_earlier, _earlierGeneration) = (copy, memory.Generation);
    }
}

/// <summary>
/// What a <see cref="SampleColumn"/> held at one moment. The last leaf goes on growing, so its arrays and count are
/// kept here.
/// </summary>
internal readonly struct ColumnView(Leaf[] earlier, int earlierCount, SampleRun last)
{
    /// <summary>Number of runs; none when the column was empty.</summary>
    public int Count => last.Count == 0 ? 0 : earlierCount + 1;

    public SampleRun this[int index] => index < earlierCount ? SampleRun.Of(earlier[index]) : last;
}
