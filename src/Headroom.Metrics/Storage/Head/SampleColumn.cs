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
    private Leaf[] _leaves = [];
    private long _leavesGeneration;
    private int _count;

    /// <summary>Number of samples.</summary>
    public long Samples { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Time of the first sample; the column must not be empty.</summary>
    public long First => _leaves[0].First;

    /// <summary>Time of the last sample; the column must not be empty.</summary>
    public long Last => _leaves[_count - 1].Last;

    /// <summary>Puts a sample in its place.</summary>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="value">The value; 0 for a histogram.</param>
    /// <param name="extra">Histogram or note, or null.</param>
    /// <param name="generation">The current snapshot generation.</param>
    /// <param name="scratch">Used for packing.</param>
    public Insertion Insert(long time, double value, object? extra, long generation, ByteWriter scratch)
    {
        if (_count == 0 || time > Last || (raw && time == Last))
        {
            Append(time, value, extra, generation, scratch);
            Samples++;
            return Insertion.Added;
        }
        int at = LeafFor(time);
        var leaf = Open(at, generation);
        int position = PositionFor(leaf, time);
        if (!raw && position < leaf.Count && leaf.Times[position] == time)
            return IsSame(leaf, position, value, extra) ? Insertion.Same : Insertion.Different;
        if (leaf.Generation < generation)
        {
            leaf = leaf.Part(0, leaf.Count, generation);
            Replace(at, leaf, generation);
        }
        if (leaf.Count >= Limit(leaf))
        {
            int half = leaf.Count / 2;
            var second = leaf.Part(half, leaf.Count, generation);
            leaf = leaf.Part(0, half, generation);
            Replace(at, leaf, generation);
            InsertLeaf(at + 1, second, generation);
            if (position > half) (leaf, position) = (second, position - half);
        }
        leaf.Insert(position, time, value, extra);
        Samples++;
        return Insertion.Added;
    }

    /// <summary>Whether a sample stands at a time, and whether it is this one.</summary>
    public Insertion Find(long time, double value, object? extra)
    {
        if (_count == 0 || time > Last || time < First) return Insertion.Added;
        var leaf = _leaves[LeafFor(time)];
        if (leaf.Packed is not null) leaf = leaf.Unpack(0);
        int position = PositionFor(leaf, time);
        return position == leaf.Count || leaf.Times[position] != time ? Insertion.Added
            : IsSame(leaf, position, value, extra) ? Insertion.Same
            : Insertion.Different;
    }

    /// <summary>What the column holds now. The caller starts a new snapshot generation before the next change.</summary>
    public ColumnView View() => _count == 0 ? default : new ColumnView(_leaves, _count, _leaves[_count - 1]);

    private static bool IsSame(Leaf leaf, int position, double value, object? extra) =>
        leaf.Extras?[position] is Histogram there
            ? extra is Histogram histogram && there.Equals(histogram)
            : extra is not Histogram && BitConverter.DoubleToInt64Bits(leaf.Values[position]) == BitConverter.DoubleToInt64Bits(value);

    private int Limit(Leaf leaf) => raw || leaf.Extras is null ? ChunkLimits.Floats : ChunkLimits.Histograms;

    private void Append(long time, double value, object? extra, long generation, ByteWriter scratch)
    {
        var last = _count == 0 ? null : _leaves[_count - 1];
        // A series that changes its kind starts a leaf, so that leaves stay of one kind and can be packed.
        bool changesKind = !raw && last is not null && last.Extras is null != extra is null;
        if (last is null || last.Packed is not null || last.Count >= Limit(last) || changesKind)
        {
            // After a full leaf more is to be expected; a first sample may stay the only one.
            int capacity = last is null ? Leaf.FirstCapacity : Math.Max(Leaf.FirstCapacity, last.Count / 4);
            if (last is { Packed: null } && last.Count > ChunkLimits.Histograms / 2) _leaves[_count - 1] = last.Pack(raw, scratch);
            last = new Leaf(generation, capacity);
            InsertLeaf(_count, last, generation);
        }
        last.Insert(last.Count, time, value, extra);
    }

    // The last leaf that starts at or before the time, or the first one.
    private int LeafFor(long time)
    {
        int low = 0;
        int high = _count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_leaves[middle].First <= time) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    // The first position that is not before the time; for raw entries, behind all of the same time.
    private int PositionFor(Leaf leaf, long time)
    {
        int low = 0;
        int high = leaf.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (leaf.Times[middle] < time || (raw && leaf.Times[middle] == time)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private Leaf Open(int at, long generation)
    {
        var leaf = _leaves[at];
        if (leaf.Packed is null) return leaf;
        leaf = leaf.Unpack(generation);
        Replace(at, leaf, generation);
        return leaf;
    }

    private void Replace(int at, Leaf leaf, long generation)
    {
        OwnLeaves(generation);
        _leaves[at] = leaf;
    }

    private void InsertLeaf(int at, Leaf leaf, long generation)
    {
        if (_count == _leaves.Length) CopyLeaves(generation, Math.Max(1, _leaves.Length * 2));
        if (at < _count)
        {
            OwnLeaves(generation);
            Array.Copy(_leaves, at, _leaves, at + 1, _count - at);
        }
        _leaves[at] = leaf;
        _count++;
    }

    // Copies the list when a view may hold it; behind a view's count it may be written in place.
    private void OwnLeaves(long generation)
    {
        if (_leavesGeneration < generation) CopyLeaves(generation, _leaves.Length);
    }

    private void CopyLeaves(long generation, int size)
    {
        var copy = new Leaf[size];
        Array.Copy(_leaves, copy, _count);
        (_leaves, _leavesGeneration) = (copy, generation);
    }
}

/// <summary>
/// What a <see cref="SampleColumn"/> held at one moment. The last leaf goes on growing, so its arrays and count are
/// kept here.
/// </summary>
internal readonly struct ColumnView(Leaf[] leaves, int count, Leaf last)
{
    private readonly int _lastCount = last.Count;
    private readonly long[] _lastTimes = last.Times;
    private readonly double[] _lastValues = last.Values;
    private readonly object?[]? _lastExtras = last.Extras;

    public int Count => count;

    public SampleRun this[int index] => index < count - 1
        ? SampleRun.Of(leaves[index])
        : SampleRun.Of(_lastTimes, _lastValues, _lastExtras, _lastCount);
}
