using System.Buffers.Binary;
using System.Text;

namespace Headroom.Metrics.Storage;

/// <summary>
/// An index file, read in place: nothing is unpacked until it is asked for, so a block costs little more memory than
/// its index has bytes. Damage that the checksum did not show surfaces as <see cref="DecodeException"/>.
/// </summary>
internal sealed class BlockIndex : ILabelIndex
{
    /// <summary>Series up to which their labels are kept once made; with more they are made each time.</summary>
    private const int KeptLabels = 20_000;

    /// <summary>Symbols up to which the strings made of them are kept.</summary>
    private const int KeptTexts = 50_000;

    private readonly byte[] _bytes;
    private readonly Labels?[]? _labels;
    private readonly string?[]? _texts;
    private readonly int _symbolCount;
    private readonly int _symbols;
    private readonly int _series;
    private readonly int _nameCount;
    private readonly int _names;
    private readonly int _hashes;
    private readonly bool _hasAggregates;

    /// <summary>Takes over the bytes of a checked file.</summary>
    public BlockIndex(byte[] bytes)
    {
        _bytes = bytes;
        _hasAggregates = BlockFormat.VersionOf(bytes) > 1;
        (_symbolCount, _symbols) = Table(0, 4);
        (SeriesCount, _series) = Table(2, 4);
        (_nameCount, _names) = Table(4, 12);
        int hashes;
        (hashes, _hashes) = Table(6, 8);
        if (hashes != SeriesCount) throw new DecodeException(BlockFormat.HeaderBytes, "there is not one hash for each series");
        if (SeriesCount <= KeptLabels) _labels = new Labels?[SeriesCount];
        if (_symbolCount <= KeptTexts) _texts = new string?[_symbolCount];
    }

    public int SeriesCount { get; }

    public IEnumerable<string> Names => Enumerable.Range(0, _nameCount).Select(i => Symbol(Number(_names, i * 3)));

    /// <summary>Size in bytes.</summary>
    public int Bytes => _bytes.Length;

    public int ValueCount(string name) => FindName(name) is var at && at < 0 ? 0 : Number(_names, at * 3 + 1);

    public IEnumerable<string> Values(string name)
    {
        int at = FindName(name);
        if (at < 0) return [];
        int table = Number(_names, at * 3 + 2);
        return Enumerable.Range(0, Number(_names, at * 3 + 1)).Select(i => Symbol(Number(table, i * 3)));
    }

    public ReadOnlySpan<int> Postings(string name, string value)
    {
        int at = FindName(name);
        if (at < 0) return [];
        int symbol = FindSymbol(value);
        int table = Number(_names, at * 3 + 2);
        int found = symbol < 0 ? -1 : Find(table, Number(_names, at * 3 + 1), 3, symbol);
        if (found < 0) return [];
        var reader = ReaderAt(Number(table, found * 3 + 2));
        var list = new int[Math.Min(Number(table, found * 3 + 1), SeriesCount)];
        int series = 0;
        for (int i = 0; i < list.Length; i++) list[i] = series += reader.Int32(0, SeriesCount - 1 - series);
        return list;
    }

    public string ValueOf(int series, string name)
    {
        var reader = ReaderAt(Number(_series, series));
        for (int count = reader.Count(2); count > 0; count--)
        {
            int symbol = reader.Int32(0, _symbolCount - 1);
            int value = reader.Int32(0, _symbolCount - 1);
            if (IsSymbol(symbol, name)) return Symbol(value);
        }
        return "";
    }

    /// <summary>The <see cref="StableHash"/> of a series, without making its labels.</summary>
    public ulong HashOf(int series)
    {
        var reader = ReaderAt(Number(_series, series));
        var hash = new StableHash();
        for (int count = reader.Count(2) * 2; count > 0; count--) hash.Add(SymbolBytes(reader.Int32(0, _symbolCount - 1)));
        return hash.Value;
    }

    /// <summary>A series' labels.</summary>
    public Labels LabelsOf(int series)
    {
        if (_labels is not null && Volatile.Read(ref _labels[series]) is { } known) return known;
        var reader = ReaderAt(Number(_series, series));
        var labels = new Label[reader.Count(2)];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = new Label(Symbol(reader.Int32(0, _symbolCount - 1)), Symbol(reader.Int32(0, _symbolCount - 1)));
        var made = Labels.From(labels);
        return _labels is null ? made : Interlocked.CompareExchange(ref _labels[series], made, null) ?? made;
    }

    /// <summary>Where the chunks of a series stand, of all kinds.</summary>
    public void Chunks(int series, List<ChunkPlace> into)
    {
        var reader = ReaderAt(Number(_series, series));
        for (int skip = reader.Count(2) * 2; skip > 0; skip--) reader.Unsigned();
        reader.Byte();
        for (int list = _hasAggregates ? 3 : 2; list > 0; list--) ReadChunks(ref reader, into);
    }

    /// <summary>Reads all that the index says about a series, but for its labels, into an empty entry.</summary>
    public void Read(int series, SeriesEntry entry)
    {
        var reader = ReaderAt(Number(_series, series));
        for (int skip = reader.Count(2) * 2; skip > 0; skip--) reader.Unsigned();
        entry.Kinds = (SeriesKinds)reader.Byte();
        ReadChunks(ref reader, entry.Samples);
        ReadChunks(ref reader, entry.Raw);
        if (_hasAggregates) ReadChunks(ref reader, entry.Aggregates);
    }

    /// <summary>The number of a series, or -1 when the block does not have it.</summary>
    /// <param name="labels">The series.</param>
    /// <param name="hash">Its <see cref="StableHash"/>.</param>
    public int Find(Labels labels, ulong hash)
    {
        uint wanted = (uint)hash;
        int low = 0;
        int high = SeriesCount;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if ((uint)Number(_hashes, middle * 2) < wanted) low = middle + 1;
            else high = middle;
        }
        for (; low < SeriesCount && (uint)Number(_hashes, low * 2) == wanted; low++)
        {
            int series = Number(_hashes, low * 2 + 1);
            if ((uint)series < (uint)SeriesCount && Is(series, labels)) return series;
        }
        return -1;
    }

    private static void ReadChunks(ref ByteReader reader, List<ChunkPlace> chunks)
    {
        int count = reader.Count(6);
        if (count == 0) return;
        chunks.EnsureCapacity(chunks.Count + count);
        long time = 0;
        long offset = 0;
        for (int i = 0; i < count; i++)
        {
            var encoding = (ChunkEncoding)reader.Byte();
            long first = time + reader.Signed();
            long last = first + (long)reader.Unsigned();
            int samples = reader.Int32(1, ChunkLimits.Readable);
            offset += (long)reader.Unsigned();
            int length = reader.Int32(1, int.MaxValue);
            chunks.Add(new ChunkPlace(encoding, first, last, samples, offset, length));
            (time, offset) = (last, offset + length);
        }
    }

    /// <summary>Whether a series has these labels.</summary>
    public bool Is(int series, Labels labels)
    {
        var reader = ReaderAt(Number(_series, series));
        if (reader.Count(2) != labels.Count) return false;
        foreach (var (name, value) in labels.AsSpan())
            if (!IsSymbol(reader.Int32(0, _symbolCount - 1), name) || !IsSymbol(reader.Int32(0, _symbolCount - 1), value))
                return false;
        return true;
    }

    // Without making a string of the symbol.
    private bool IsSymbol(int symbol, string text)
    {
        var bytes = SymbolBytes(symbol);
        return Ascii.IsValid(text) ? Ascii.Equals(bytes, text) : bytes.Length >= text.Length && Encoding.UTF8.GetString(bytes) == text;
    }

    private int FindName(string name) => FindSymbol(name) is var symbol && symbol < 0 ? -1 : Find(_names, _nameCount, 3, symbol);

    private int FindSymbol(string text)
    {
        int low = 0;
        int high = _symbolCount - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = string.CompareOrdinal(Symbol(middle), text);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    // The row of a table, sorted by its first column, whose first number is this; or -1.
    private int Find(int table, int rows, int columns, int number)
    {
        int low = 0;
        int high = rows - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int there = Number(table, middle * columns);
            if (there == number) return middle;
            if (there < number) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private string Symbol(int symbol)
    {
        var bytes = SymbolBytes(symbol);
        if (_texts is null) return Encoding.UTF8.GetString(bytes);
        return _texts[symbol] ??= Encoding.UTF8.GetString(bytes);
    }

    private ReadOnlySpan<byte> SymbolBytes(int symbol)
    {
        if ((uint)symbol >= (uint)_symbolCount) throw new DecodeException(_symbols, "a symbol is out of range");
        var reader = ReaderAt(Number(_symbols, symbol));
        return reader.Take(reader.Count(1));
    }

    private (int Count, int Offset) Table(int slot, int rowBytes)
    {
        int count = Number(BlockFormat.HeaderBytes, slot);
        int offset = Number(BlockFormat.HeaderBytes, slot + 1);
        if (count < 0 || offset < 0 || offset + (long)count * rowBytes > _bytes.Length)
            throw new DecodeException(BlockFormat.HeaderBytes + slot * 4, "a table is longer than the file");
        return (count, offset);
    }

    private int Number(int table, int index)
    {
        long at = table + (long)index * 4;
        if (table < 0 || at + 4 > _bytes.Length) throw new DecodeException(table, "a table is longer than the file");
        return BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan((int)at));
    }

    private ByteReader ReaderAt(int offset) => offset >= 0 && offset <= _bytes.Length
        ? new ByteReader(_bytes.AsSpan(offset))
        : throw new DecodeException(offset, "an offset points out of the file");
}
