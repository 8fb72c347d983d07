namespace Headroom.Metrics.Storage;

/// <summary>
/// What is kept of intervals of a series that may be a gauge: encoding byte, count, the times of the last sample of each
/// interval as <see cref="IntegerColumn"/>, then minimum, maximum, sum and count, each a varint length and a
/// <see cref="NumberColumn"/>.
/// </summary>
internal static class AggregateChunk
{
    public static void Encode(ReadOnlySpan<long> times, ReadOnlySpan<AggregateRow> rows, ByteWriter into)
    {
        into.Byte((byte)ChunkEncoding.Aggregates);
        into.Unsigned((ulong)times.Length);
        IntegerColumn.Write(into, times);
        var column = new ByteWriter();
        double[] values = new double[rows.Length];
        foreach (var aggregate in (ReadOnlySpan<SampleAggregate>)[SampleAggregate.Min, SampleAggregate.Max, SampleAggregate.Sum, SampleAggregate.Count])
        {
            for (int i = 0; i < values.Length; i++) values[i] = rows[i].Of(aggregate);
            column.Clear();
            NumberColumn.Write(column, values);
            into.Unsigned((ulong)column.Length);
            into.Bytes(column.Written);
        }
    }

    /// <summary>Appends one aggregate of the intervals whose last sample lies between two instants (both included) to a buffer.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, long min, long max, SampleAggregate aggregate, SampleBuffer into)
    {
        var reader = new ByteReader(chunk);
        reader.Byte();
        int count = reader.Int32(1, ChunkLimits.Readable);
        long[] times = new long[count];
        IntegerColumn.Read(ref reader, times);
        ChunkTimes.CheckAscending(times, reader);
        var (from, to) = ChunkTimes.Between(times, min, max);
        if (from == to) return;
        for (int skipped = (int)SampleAggregate.Min; skipped < (int)aggregate; skipped++) reader.Take(reader.Count(1));
        var column = new ByteReader(reader.Take(reader.Count(1)));
        double[] values = new double[count];
        NumberColumn.Read(ref column, values);
        into.Add(times.AsSpan(from, to - from), values.AsSpan(from, to - from));
    }

    /// <summary>Reads all rows.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, out long[] times, out AggregateRow[] rows)
    {
        var buffers = new SampleBuffer[5];
        for (var aggregate = SampleAggregate.Min; aggregate <= SampleAggregate.Count; aggregate++)
            Decode(chunk, long.MinValue, long.MaxValue, aggregate, buffers[(int)aggregate] = new SampleBuffer());
        times = buffers[1].Times.ToArray();
        rows = new AggregateRow[times.Length];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new AggregateRow(buffers[1].Values[i], buffers[2].Values[i], buffers[3].Values[i], buffers[4].Values[i]);
    }
}

/// <summary>What is kept of the float samples of one interval.</summary>
internal readonly record struct AggregateRow(double Min, double Max, double Sum, double Count)
{
    /// <summary>That of a single value.</summary>
    public static AggregateRow Single(double value) => new(value, value, value, 1);

    /// <summary>That of both; a NaN is the minimum or maximum only when there is nothing else.</summary>
    public AggregateRow With(AggregateRow other) => new(
        other.Min < Min || double.IsNaN(Min) ? other.Min : Min,
        other.Max > Max || double.IsNaN(Max) ? other.Max : Max,
        Sum + other.Sum,
        Count + other.Count);

    public double Of(SampleAggregate aggregate) => aggregate switch
    {
        SampleAggregate.Min => Min,
        SampleAggregate.Max => Max,
        SampleAggregate.Sum => Sum,
        _ => Count,
    };
}
