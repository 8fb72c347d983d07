namespace Headroom.Metrics.Storage;

/// <summary>What an index says about one series.</summary>
internal sealed class SeriesEntry(Labels labels, SeriesKinds kinds)
{
    public Labels Labels { get; } = labels;

    public SeriesKinds Kinds { get; } = kinds;

    public List<ChunkPlace> Samples { get; } = [];

    public List<ChunkPlace> Raw { get; } = [];
}

/// <summary>
/// Builds the bytes of an index file. All its numbers are little-endian; all its offsets count from the start of the file:
/// header; eight u32: symbols, offset of the symbol table, series, offset of the series table, label names, offset of the name table, and two
/// zeros; the data; CRC32C.
/// Symbols are all label names and values, in ordinal order: varint length, UTF-8. Series, in label order: labels (varint count,
/// then varint symbols of name and value), kinds u8, sample chunks, raw chunks (each list: varint count, then per chunk
/// encoding u8, zig-zag varint first time since the last time before, varint span, varint samples, varint bytes skipped in the
/// chunk file since the chunk before, varint length). Tables are u32: an offset per symbol and per series; per name its
/// symbol, number of values, and offset of its value table; per value its symbol, number of series, and offset of the list of series,
/// as varint distances.
/// </summary>
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

    private static void WriteTable(ByteWriter into, int tables, int slot, uint count, List<uint> numbers)
    {
        into.PatchUInt32(tables + (slot * 4), count);
        into.PatchUInt32(tables + ((slot + 1) * 4), (uint)into.Length);
        foreach (uint number in numbers) into.UInt32(number);
    }
}
