using System.Runtime.InteropServices;

namespace Headroom.Metrics.Storage;

/// <summary>What an index says about one series.</summary>
internal sealed class SeriesEntry(Labels labels, SeriesKinds kinds)
{
    public Labels Labels { get; private set; } = labels;

    public SeriesKinds Kinds { get; set; } = kinds;

    public List<ChunkPlace> Samples { get; } = [];

    public List<ChunkPlace> Raw { get; } = [];

    /// <summary>Of a series that may be a gauge, in a block of roll-ups: minima, maxima, sums and counts.</summary>
    public List<ChunkPlace> Aggregates { get; } = [];

    public bool IsEmpty => Samples.Count + Raw.Count + Aggregates.Count == 0;

    /// <summary>Makes it an entry of another series, without chunks.</summary>
    public void Reset(Labels labels, SeriesKinds kinds)
    {
        (Labels, Kinds) = (labels, kinds);
        Samples.Clear();
        Raw.Clear();
        Aggregates.Clear();
    }
}

/// <summary>Builds the bytes of an index file; holds little more than those while series are added.</summary>
/// <remarks>
/// All numbers are little-endian, all offsets count from the start of the file. The parts, in order:
/// <list type="bullet">
/// <item>header; four pairs of u32, the rows and the offset of the symbol, series, name and hash table;</item>
/// <item>symbols, all label names and values in ordinal order: varint length, UTF-8;</item>
/// <item>series in label order: varint label count, varint symbols of each name and value, kinds u8, sample chunks, raw
/// chunks, and from format version 2 on aggregate chunks; a list of chunks is a varint count, then for each encoding u8,
/// zig-zag varint first time since the last time of the chunk before, varint span, varint samples, varint bytes skipped in the
/// chunk file, varint length;</item>
/// <item>for each label name, the series of each of its values as varint distances, then its value table: for each
/// value its symbol, number of series and offset of their list (u32 each);</item>
/// <item>the tables, of u32: an offset per symbol; an offset per series; per label name its symbol, number of values and
/// offset of its value table; per series the low half of its <see cref="StableHash"/> and its number, sorted;</item>
/// <item>CRC32C.</item>
/// </list>
/// </remarks>
/// <param name="series">About how many series will be added.</param>
internal sealed class BlockIndexBuilder(int series)
{
    // What a series of eight labels and a few chunks takes, while it is collected and in the file.
    private const int RecordBytes = 40;
    private const int FileBytes = 80;

    // Symbols and pairs of name and value are numbered as they come; the numbers in the file are those in order.
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Name, int Value), int> _pairs = [];
    private readonly List<int> _pairUses = [];
    private readonly List<ulong> _hashes = new(series);

    // For each series its label count, the pairs, and the rest as it stands in the file.
    private readonly ByteWriter _records = new();
    private readonly ByteWriter _rest = new();

    /// <summary>Adds a series; they must come in label order. The entry may be used again.</summary>
    public void Add(SeriesEntry entry)
    {
        if (_hashes.Count == 0) _records.Expect((long)series * RecordBytes);
        _hashes.Add((uint)StableHash.Of(entry.Labels) * (1UL << 32) | (uint)_hashes.Count);
        _records.Unsigned((ulong)entry.Labels.Count);
        foreach (var (name, value) in entry.Labels.AsSpan())
        {
            var key = (Symbol(name), Symbol(value));
            ref int pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out bool known);
            if (!known)
            {
                pair = _pairUses.Count;
                _pairUses.Add(0);
            }
            CollectionsMarshal.AsSpan(_pairUses)[pair]++;
            _records.Unsigned((ulong)pair);
        }
        _rest.Clear();
        _rest.Byte((byte)entry.Kinds);
        WriteChunks(_rest, entry.Samples);
        WriteChunks(_rest, entry.Raw);
        WriteChunks(_rest, entry.Aggregates);
        _records.Unsigned((ulong)_rest.Length);
        _records.Bytes(_rest.Written);
    }

    public ReadOnlySpan<byte> Build(ByteWriter into)
    {
        into.Expect((long)_hashes.Count * FileBytes);
        BlockFormat.Start(into, BlockFormat.IndexMagic);
        int tables = into.Length;
        for (int i = 0; i < 8; i++) into.UInt32(0);

        var (order, symbolOffsets) = WriteSymbols(into);
        var pairs = new (int Name, int Value)[_pairs.Count];
        foreach (var (key, number) in _pairs) pairs[number] = (order[key.Name], order[key.Value]);
        uint[] seriesOffsets = WriteSeries(into, pairs, out int[] postings, out int[] starts);
        var names = WritePostings(into, pairs, postings, starts);

        WriteTable(into, tables, 0, symbolOffsets.Length, symbolOffsets);
        WriteTable(into, tables, 2, seriesOffsets.Length, seriesOffsets);
        WriteTable(into, tables, 4, names.Count / 3, CollectionsMarshal.AsSpan(names));
        _hashes.Sort();
        WriteHashes(into, tables);
        BlockFormat.Finish(into);
        return into.Written;
    }

    private int Symbol(string text)
    {
        ref int symbol = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbols, text, out bool known);
        if (!known) symbol = _symbols.Count - 1;
        return symbol;
    }

    // Gives for each symbol its place in order.
    private (int[] Order, uint[] Offsets) WriteSymbols(ByteWriter into)
    {
        string[] sorted = new string[_symbols.Count];
        int[] numbers = new int[sorted.Length];
        int at = 0;
        foreach (var (text, number) in _symbols) (sorted[at], numbers[at++]) = (text, number);
        Array.Sort(sorted, numbers, StringComparer.Ordinal);
        int[] order = new int[sorted.Length];
        uint[] offsets = new uint[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            order[numbers[i]] = i;
            offsets[i] = (uint)into.Length;
            into.Text(sorted[i]);
        }
        return (order, offsets);
    }

    // Also lists the series of each pair: those of pair p stand in postings from starts[p] on.
    private uint[] WriteSeries(ByteWriter into, (int Name, int Value)[] pairs, out int[] postings, out int[] starts)
    {
        starts = new int[pairs.Length + 1];
        for (int i = 0; i < pairs.Length; i++) starts[i + 1] = starts[i] + _pairUses[i];
        postings = new int[starts[^1]];
        int[] next = starts[..^1];
        uint[] offsets = new uint[_hashes.Count];
        var records = new ByteReader(_records.Written);
        for (int at = 0; at < offsets.Length; at++)
        {
            offsets[at] = (uint)into.Length;
            int labels = (int)records.Unsigned();
            into.Unsigned((ulong)labels);
            for (; labels > 0; labels--)
            {
                int pair = (int)records.Unsigned();
                into.Unsigned((ulong)pairs[pair].Name);
                into.Unsigned((ulong)pairs[pair].Value);
                postings[next[pair]++] = at;
            }
            into.Bytes(records.Take((int)records.Unsigned()));
        }
        return offsets;
    }

    private static void WriteChunks(ByteWriter into, List<ChunkPlace> chunks)
    {
        into.Unsigned((ulong)chunks.Count);
        long time = 0;
        long offset = 0;
        foreach (var chunk in chunks)
        {
            into.Byte((byte)chunk.Encoding);
            into.Signed(chunk.First - time);
            into.Unsigned((ulong)(chunk.Last - chunk.First));
            into.Unsigned((ulong)chunk.Count);
            into.Unsigned((ulong)(chunk.Offset - offset));
            into.Unsigned((ulong)chunk.Length);
            (time, offset) = (chunk.Last, chunk.Offset + chunk.Length);
        }
    }

    private static List<uint> WritePostings(ByteWriter into, (int Name, int Value)[] pairs, int[] postings, int[] starts)
    {
        int[] order = [.. Enumerable.Range(0, pairs.Length)];
        Array.Sort(((int, int)[])[.. pairs], order);
        var names = new List<uint>();
        var values = new List<uint>();
        for (int i = 0; i < order.Length; i++)
        {
            int pair = order[i];
            values.AddRange([(uint)pairs[pair].Value, (uint)(starts[pair + 1] - starts[pair]), (uint)into.Length]);
            int last = 0;
            for (int at = starts[pair]; at < starts[pair + 1]; at++)
            {
                into.Unsigned((ulong)(postings[at] - last));
                last = postings[at];
            }
            if (i + 1 < order.Length && pairs[order[i + 1]].Name == pairs[pair].Name) continue;
            names.AddRange([(uint)pairs[pair].Name, (uint)values.Count / 3, (uint)into.Length]);
            foreach (uint number in values) into.UInt32(number);
            values.Clear();
        }
        return names;
    }

    private void WriteHashes(ByteWriter into, int tables)
    {
        into.PatchUInt32(tables + (6 * 4), (uint)_hashes.Count);
        into.PatchUInt32(tables + (7 * 4), (uint)into.Length);
        foreach (ulong row in _hashes)
        {
            into.UInt32((uint)(row >> 32));
            into.UInt32((uint)row);
        }
    }

    private static void WriteTable(ByteWriter into, int tables, int slot, int rows, ReadOnlySpan<uint> numbers)
    {
        into.PatchUInt32(tables + (slot * 4), (uint)rows);
        into.PatchUInt32(tables + ((slot + 1) * 4), (uint)into.Length);
        foreach (uint number in numbers) into.UInt32(number);
    }
}
