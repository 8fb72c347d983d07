using System.Buffers.Binary;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <content>io.prometheus.write.v2.Request: texts stand once in a table, and series refer to them.</content>
internal sealed partial class RemoteWriteReader
{
    private const int KeptSymbols = 256 * 1024;

    private (int At, int Length)[] _symbols = new (int, int)[1024];
    private int _symbolCount;
    private int[] _refs = new int[128];
    private int _refCount;
    private bool _refsFit;

    private void ReadV2(ReadOnlyMemory<byte> memory)
    {
        // 1. The symbols, wherever they stand: any order of fields is legal.
        var message = memory.Span;
        if (_symbols.Length > KeptSymbols) _symbols = new (int, int)[1024];
        _symbolCount = 0;
        var reader = new ProtobufReader(message);
        while (reader.Next())
            if (reader is { Field: 4, Type: WireType.LengthDelimited })
                AddSymbol(reader.Position - reader.Bytes.Length, reader.Bytes.Length);
        if (reader.Failed)
        {
            Refuse();
            return;
        }
        if (_symbolCount > 0 && _symbols[0].Length != 0)
        {
            Batch.Refusal = new Problem("symbols-invalid", "The symbol table does not begin with the empty text.", "symbols[0]", "A reference of 0 means that there is no text.");
            return;
        }

        // 2. The series.
        reader = new ProtobufReader(message);
        while (Batch.Refusal is null && reader.Next())
        {
            if (reader is not { Field: 5, Type: WireType.LengthDelimited }) continue;
            ReadSeriesV2(message, reader.Bytes);
            _number++;
        }
    }

    private void AddSymbol(int at, int length)
    {
        if (_symbolCount == _symbols.Length) Array.Resize(ref _symbols, _symbols.Length * 2);
        _symbols[_symbolCount++] = (at, length);
    }

    private void ReadSeriesV2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> series)
    {
        // 1. The references to its labels; they stand first, but need not.
        (_refCount, _refsFit) = (0, true);
        int measured = 0;
        var reader = new ProtobufReader(series);
        while (reader.Next())
        {
            if (reader.Field == 1) AddRefs(ref reader);
            else if (reader.Field is 2 or 3) measured++;
        }
        if (reader.Failed)
        {
            Refuse();
            return;
        }
        if (!_refsFit || _refCount % 2 != 0)
        {
            RejectSeries(series, FieldsOfV2, ("bad-reference", _refsFit ? "its labels' references are odd in number" : "it refers to a symbol that is not in the table"));
            return;
        }

        // 2. The series they name.
        int length = BuildKey(message);
        if (length < 0)
        {
            RejectSeries(series, FieldsOfV2, ("labels-too-large", "its labels are too large"));
            return;
        }
        var key = _key.AsSpan(0, length);
        var entry = FindSeries(_memory.SeriesOfV2, key, out ulong hash) ?? AddSeriesV2(key, hash, series);
        if (entry is null) return;

        // 3. What is measured.
        if (measured == 0) Reject(1, "no-samples", $"{entry.Labels} comes with neither a sample nor a histogram.");
        ReadContent(series, entry, FieldsOfV2, message);
    }

    /// <summary>Collects references, packed or one at a time, into <c>_refs</c>; those outside the table are noted.</summary>
    private void AddRefs(ref ProtobufReader reader)
    {
        if (reader.Type == WireType.Varint)
        {
            AddRef(reader.Number);
            return;
        }
        if (reader.Type != WireType.LengthDelimited) return;
        var packed = new ProtobufReader(reader.Bytes);
        while (packed.NextPacked(out ulong number)) AddRef(number);
        if (packed.Failed) Refuse();
    }

    private void AddRef(ulong number)
    {
        _refsFit &= number < (ulong)_symbolCount;
        // More than a series may have is refused when the labels are read.
        if (_refCount >= 2 * (_options.Limits.MaxLabels + 1)) return;
        if (_refCount == _refs.Length) Array.Resize(ref _refs, _refs.Length * 2);
        _refs[_refCount++] = (int)Math.Min(number, int.MaxValue);
    }

    private int BuildKey(ReadOnlySpan<byte> message)
    {
        int at = 0;
        long most = (_options.Limits.MaxLabels + 1L) * (_options.Limits.MaxLabelNameBytes + _options.Limits.MaxLabelValueBytes + 8L);
        for (int i = 0; i < _refCount; i++)
        {
            var (start, length) = _symbols[_refs[i]];
            if (at + (long)length + 4 > most) return -1;
            GrowKey(at + 4 + length);
            BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(at), length);
            message.Slice(start, length).CopyTo(_key.AsSpan(at + 4));
            at += 4 + length;
        }
        return at;
    }

    private SeriesEntry? AddSeriesV2(ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> series)
    {
        _labels.Clear();
        for (int at = 0; at < key.Length;)
        {
            var name = Text(key, ref at);
            var value = Text(key, ref at);
            if (!TryAddLabel(name, value, out var fault)) return RejectSeries(series, FieldsOfV2, fault);
        }
        var entry = Remember(_memory.SeriesOfV2, key, hash, series, FieldsOfV2);
        if (entry is not null) Take(entry);
        return entry;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> key, ref int at)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(key[at..]);
        var text = key.Slice(at + 4, length);
        at += 4 + length;
        return text;
    }

    /// <summary>Turns the references collected for an exemplar into its labels.</summary>
    private bool TakeRefs(ReadOnlySpan<byte> message)
    {
        if (!_refsFit || _refCount % 2 != 0) return false;
        for (int i = 0; i < _refCount; i += 2)
            if (!TryAddLabel(Symbol(message, _refs[i]), Symbol(message, _refs[i + 1]), out _))
                return false;
        return true;
    }

    private ReadOnlySpan<byte> Symbol(ReadOnlySpan<byte> message, int number) => message.Slice(_symbols[number].At, _symbols[number].Length);

    private void ReadMetadataV2(ReadOnlySpan<byte> message, ReadOnlySpan<byte> bytes, SeriesEntry entry)
    {
        ulong type = 0, help = 0, unit = 0;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: type = reader.Number; break;
                case 3: help = reader.Number; break;
                case 4: unit = reader.Number; break;
            }
        }
        if (reader.Failed)
        {
            Refuse();
            return;
        }
        if (help >= (ulong)_symbolCount || unit >= (ulong)_symbolCount)
        {
            Reject(1, "bad-reference", $"The metadata of {entry.Labels} refers to a symbol that is not in the table.");
            return;
        }
        // A sender that knows nothing of a metric says so of every series.
        if (type == 0 && help == 0 && unit == 0) return;
        Span<byte> family = stackalloc byte[512];
        if (!System.Text.Encoding.UTF8.TryGetBytes(FamilyOf(entry.Labels.Name, type), family, out int length)) return;
        Describe(family[..length], type, Symbol(message, (int)unit), Symbol(message, (int)help));
    }

    /// <summary>The parts of a classic histogram or summary have one description: their family's.</summary>
    private static ReadOnlySpan<char> FamilyOf(string name, ulong type)
    {
        if (type is not (3 or 4 or 5)) return name;
        foreach (string part in (ReadOnlySpan<string>)["_bucket", "_count", "_sum"])
            if (name.EndsWith(part, StringComparison.Ordinal) && name.Length > part.Length)
                return name.AsSpan(0, name.Length - part.Length);
        return name;
    }
}
