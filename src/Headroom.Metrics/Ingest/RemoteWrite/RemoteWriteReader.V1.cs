using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <content>prometheus.WriteRequest: every series spells its labels out.</content>
internal sealed partial class RemoteWriteReader
{
    private const byte LabelTag = 1 << 3 | (int)WireType.LengthDelimited;

    private void ReadV1(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (Batch.Refusal is null && reader.Next())
        {
            if (reader.Type != WireType.LengthDelimited) continue;
            if (reader.Field == 1)
            {
                ReadSeriesV1(reader.Bytes);
                _number++;
            }
            else if (reader.Field == 3)
            {
                ReadMetadataV1(reader.Bytes);
            }
        }
        if (reader.Failed) Refuse();
    }

    private void ReadSeriesV1(ReadOnlySpan<byte> series)
    {
        // 1. The labels stand first, one after the other: their bytes are the key, without copying.
        int end = LabelsEnd(series);
        if (end < 0)
        {
            Refuse();
            return;
        }
        var content = series[end..];
        var entry = FindSeries(_memory.SeriesOfV1, series[..end], out ulong hash);
        bool isWhole = entry is not null || !HasLabels(content);
        if (isWhole && (entry ??= AddSeriesV1(series[..end], hash, content)) is null) return;

        // 2. What is measured.
        var (floats, histograms, exemplars) = (Batch.Samples.Samples.Count, Batch.Histograms.Histograms.Count, Batch.Samples.Exemplars.Count);
        if (isWhole && ReadContent(content, entry!, FieldsOfV1)) return;

        // 3. Labels behind samples are legal though nobody writes them: read again with the labels brought together.
        Batch.Samples.Samples.RemoveRange(floats, Batch.Samples.Samples.Count - floats);
        Batch.Histograms.Histograms.RemoveRange(histograms, Batch.Histograms.Histograms.Count - histograms);
        Batch.Samples.Exemplars.RemoveRange(exemplars, Batch.Samples.Exemplars.Count - exemplars);
        byte[] sorted = LabelsFirst(series);
        if (sorted.Length > 0) ReadSeriesV1(sorted);
        else Refuse();
    }

    private static bool HasLabels(ReadOnlySpan<byte> content)
    {
        var reader = new ProtobufReader(content);
        while (reader.Next())
            if (reader is { Field: 1, Type: WireType.LengthDelimited })
                return true;
        return false;
    }

    /// <summary>Where the run of labels at the beginning ends; -1 when it is damaged.</summary>
    private static int LabelsEnd(ReadOnlySpan<byte> series)
    {
        int at = 0;
        while (at + 1 < series.Length && series[at] == LabelTag)
        {
            int length = series[at + 1];
            int start = at + 2;
            if (length >= 0x80)
            {
                // Two bytes of length are more than any label needs; beyond 2^21 the content cannot be one.
                if (start >= series.Length) return -1;
                length = length & 0x7F | series[start] << 7;
                if (series[start++] >= 0x80)
                {
                    if (start >= series.Length || series[start] >= 0x80) return -1;
                    length = length & 0x3FFF | series[start++] << 14;
                }
            }
            if (length > series.Length - start) return -1;
            at = start + length;
        }
        return at;
    }

    private SeriesEntry? FindSeries(ByteTable<SeriesEntry> table, ReadOnlySpan<byte> key, out ulong hash)
    {
        hash = 0;
        var entry = _last?.Follower is { } guess && key.SequenceEqual(guess.Key) ? guess : null;
        if (entry is null)
        {
            hash = ByteHash.Of(key);
            entry = table.Find(key, hash);
        }
        if (entry is not null) Take(entry);
        return entry;
    }

    private void Take(SeriesEntry entry)
    {
        if (_last is not null && !ReferenceEquals(_last.Follower, entry)) _last.Follower = entry;
        _last = entry;
        Prefetch.After(entry);
    }

    private SeriesEntry? AddSeriesV1(ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> content)
    {
        _labels.Clear();
        var reader = new ProtobufReader(key);
        while (reader.Next())
        {
            if (!TryReadLabel(reader.Bytes, out var name, out var value))
            {
                Refuse();
                return null;
            }
            if (!TryAddLabel(name, value, out var fault)) return RejectSeries(content, FieldsOfV1, fault);
        }
        var entry = Remember(_memory.SeriesOfV1, key, hash, content, FieldsOfV1);
        if (entry is not null) Take(entry);
        return entry;
    }

    private static bool TryReadLabel(ReadOnlySpan<byte> label, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var reader = new ProtobufReader(label);
        while (reader.Next())
        {
            if (reader is { Field: 1, Type: WireType.LengthDelimited }) name = reader.Bytes;
            else if (reader is { Field: 2, Type: WireType.LengthDelimited }) value = reader.Bytes;
        }
        return !reader.Failed;
    }

    /// <summary>An exemplar's label.</summary>
    private bool AddField(ReadOnlySpan<byte> label)
    {
        if (!TryReadLabel(label, out var name, out var value)) return !Refuse();
        return TryAddLabel(name, value, out _);
    }

    private static byte[] LabelsFirst(ReadOnlySpan<byte> series)
    {
        byte[] sorted = new byte[series.Length];
        int length = 0;
        foreach (bool labels in (ReadOnlySpan<bool>)[true, false])
        {
            var reader = new ProtobufReader(series);
            int from = 0;
            while (reader.Next())
            {
                bool isLabel = reader is { Field: 1, Type: WireType.LengthDelimited };
                // A field 1 of another type is unknown, and as such passed over.
                if (isLabel == labels && (isLabel || reader.Field != 1))
                {
                    series[from..reader.Position].CopyTo(sorted.AsSpan(length));
                    length += reader.Position - from;
                }
                from = reader.Position;
            }
            if (reader.Failed) return [];
        }
        return length == 0 ? [] : sorted[..length];
    }

    private void ReadMetadataV1(ReadOnlySpan<byte> bytes)
    {
        ulong type = 0;
        ReadOnlySpan<byte> metric = default, help = default, unit = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: type = reader.Number; break;
                case 2: metric = reader.Bytes; break;
                case 4: help = reader.Bytes; break;
                case 5: unit = reader.Bytes; break;
            }
        }
        if (reader.Failed) Refuse();
        else Describe(metric, type, unit, help);
    }

    private void Describe(ReadOnlySpan<byte> metric, ulong type, ReadOnlySpan<byte> unit, ReadOnlySpan<byte> help)
    {
        if (metric.IsEmpty || Batch.Samples.Metadata.Count >= _options.MaxSamples) return;
        string name = MetricTypes[type < (ulong)MetricTypes.Length ? (int)type : 0];
        if (_memory.Metadata.Of(metric, name, unit, help) is not { } metadata) return;
        // Of one metric many series follow each other.
        if (Batch.Samples.Metadata is [.., var before] && ReferenceEquals(before, metadata)) return;
        Batch.Samples.Metadata.Add(metadata);
    }
}
