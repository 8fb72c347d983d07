namespace Headroom.Metrics.Storage;

/// <summary>What an index says about one series.</summary>
internal sealed class SeriesEntry(Labels labels, SeriesKinds kinds)
{
    public Labels Labels { get; } = labels;

    public SeriesKinds Kinds { get; } = kinds;

    public List<ChunkPlace> Samples { get; } = [];

    public List<ChunkPlace> Raw { get; } = [];

    /// <summary>Of a series that may be a gauge, in a block of roll-ups: minima, maxima, sums and counts.</summary>
    public List<ChunkPlace> Aggregates { get; } = [];
}

/// <summary>Builds the bytes of an index file.</summary>
/// <remarks>
/// All numbers are little-endian, all offsets count from the start of the file. The parts, in order:
/// <list type="bullet">
/// <item>header; four pairs of u32, the rows and the offset of the symbol, series, name and hash table;</item>
/// <item>symbols, all label names and values in ordinal order: varint length, UTF-8;</item>
/// <item>series in label order: varint label count, varint symbols of each name and value, kinds u8, sample chunks, raw
/// chunks, and from format version 2 on aggregate chunks; a list of chunks is a varint count, then for each encoding u8, zig-zag varint first time since the last time
/// of the chunk before, varint span, varint samples, varint bytes skipped in the chunk file, varint length;</item>
/// <item>for each label name, the series of each of its values as varint distances, then its value table: for each
/// value its symbol, number of series and offset of their list (u32 each);</item>
/// <item>the tables, of u32: an offset per symbol; an offset per series; per label name its symbol, number of values and
/// offset of its value table; per series the low half of its <see cref="StableHash"/> and its number, sorted;</item>
/// <item>CRC32C.</item>
/// </list>
/// </remarks>
internal sealed class BlockIndexBuilder
{
    private readonly List<SeriesEntry> _series = [];

    /// <summary>Adds a series; they must come in label order.</summary>
    public void Add(SeriesEntry series) => _series.Add(series);

    public byte[] Build()
    {
        var into = new ByteWriter();
        BlockFormat.Start(into, BlockFormat.IndexMagic);
        int tables = into.Length;
        for (int i = 0; i < 8; i++) into.UInt32(0);

        var (symbols, symbolOffsets) = WriteSymbols(into);
        var seriesOffsets = new List<uint>(_series.Count);
        var postings = new Dictionary<(int Name, int Value), List<int>>();
        for (int i = 0; i < _series.Count; i++)
        {
            seriesOffsets.Add((uint)into.Length);
            WriteSeries(into, _series[i], symbols);
            foreach (var (name, value) in _series[i].Labels.AsSpan())
            {
                var key = (symbols[name], symbols[value]);
                if (!postings.TryGetValue(key, out var list)) postings[key] = list = [];
                list.Add(i);
            }
        }
        var names = WritePostings(into, postings);

        WriteTable(into, tables, 0, (uint)symbolOffsets.Count, symbolOffsets);
        WriteTable(into, tables, 2, (uint)seriesOffsets.Count, seriesOffsets);
        WriteTable(into, tables, 4, (uint)names.Count / 3, names);
        WriteTable(into, tables, 6, (uint)_series.Count, Hashes());
        BlockFormat.Finish(into);
        return into.ToArray();
    }

    private (Dictionary<string, int> Symbols, List<uint> Offsets) WriteSymbols(ByteWriter into)
    {
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        foreach (var series in _series)
            foreach (var (name, value) in series.Labels.AsSpan())
            {
                distinct.Add(name);
                distinct.Add(value);
            }
        string[] sorted = [.. distinct];
        Array.Sort(sorted, string.CompareOrdinal);
        var symbols = new Dictionary<string, int>(sorted.Length, StringComparer.Ordinal);
        var offsets = new List<uint>(sorted.Length);
        foreach (string symbol in sorted)
        {
            symbols[symbol] = offsets.Count;
            offsets.Add((uint)into.Length);
            into.Text(symbol);
        }
        return (symbols, offsets);
    }

    private static void WriteSeries(ByteWriter into, SeriesEntry series, Dictionary<string, int> symbols)
    {
        into.Unsigned((ulong)series.Labels.Count);
        foreach (var (name, value) in series.Labels.AsSpan())
        {
            into.Unsigned((ulong)symbols[name]);
            into.Unsigned((ulong)symbols[value]);
        }
        into.Byte((byte)series.Kinds);
        WriteChunks(into, series.Samples);
        WriteChunks(into, series.Raw);
        WriteChunks(into, series.Aggregates);
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

    private static List<uint> WritePostings(ByteWriter into, Dictionary<(int Name, int Value), List<int>> postings)
    {
        var names = new List<uint>();
        foreach (var name in postings.Keys.GroupBy(key => key.Name).OrderBy(group => group.Key))
        {
            var values = new List<uint>();
            foreach (var key in name.OrderBy(key => key.Value))
            {
                values.AddRange([(uint)key.Value, (uint)postings[key].Count, (uint)into.Length]);
                int last = 0;
                foreach (int series in postings[key])
                {
                    into.Unsigned((ulong)(series - last));
                    last = series;
                }
            }
            names.AddRange([(uint)name.Key, (uint)values.Count / 3, (uint)into.Length]);
            foreach (uint number in values) into.UInt32(number);
        }
        return names;
    }

    private List<uint> Hashes()
    {
        var rows = new List<(uint Hash, int Series)>(_series.Count);
        for (int i = 0; i < _series.Count; i++) rows.Add(((uint)StableHash.Of(_series[i].Labels), i));
        rows.Sort();
        var numbers = new List<uint>(rows.Count * 2);
        foreach (var (hash, series) in rows) numbers.AddRange([hash, (uint)series]);
        return numbers;
    }

    private static void WriteTable(ByteWriter into, int tables, int slot, uint count, List<uint> numbers)
    {
        into.PatchUInt32(tables + (slot * 4), count);
        into.PatchUInt32(tables + ((slot + 1) * 4), (uint)into.Length);
        foreach (uint number in numbers) into.UInt32(number);
    }
}
