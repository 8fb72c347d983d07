namespace Headroom.Metrics.Storage;

/// <summary>
/// Float samples of one series: encoding byte, count, the times as <see cref="IntegerColumn"/> (next to nothing when they
/// are regular), the values as <see cref="NumberColumn"/>.
/// </summary>
internal static class NumberChunk
{
    public static void Encode(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ByteWriter into)
    {
        into.Byte((byte)ChunkEncoding.Numbers);
        into.Unsigned((ulong)times.Length);
        IntegerColumn.Write(into, times);
        NumberColumn.Write(into, values);
    }

    /// <summary>Appends the samples between two instants (both included) to a buffer.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, long min, long max, SampleBuffer into)
    {
        var reader = new ByteReader(chunk);
        reader.Byte();
        int count = reader.Int32(1, ChunkLimits.Readable);
        bool small = count <= 1024;
        Span<long> times = small ? stackalloc long[count] : new long[count];
        IntegerColumn.Read(ref reader, times);
        ChunkTimes.CheckAscending(times, reader);
        var (from, to) = ChunkTimes.Between(times, min, max);
        if (from == to) return;
        Span<double> values = small ? stackalloc double[count] : new double[count];
        NumberColumn.Read(ref reader, values);
        into.Add(times[from..to], values[from..to]);
    }
}

/// <summary>What decoders of columns do with times.</summary>
internal static class ChunkTimes
{
    /// <exception cref="DecodeException">They do not ascend.</exception>
    public static void CheckAscending(ReadOnlySpan<long> times, in ByteReader reader)
    {
        for (int i = 1; i < times.Length; i++)
            if (times[i] <= times[i - 1])
                throw reader.Bad("the times of samples do not ascend");
    }

    /// <summary>The positions of the times between two instants, both included: from the first to behind the last.</summary>
    public static (int From, int To) Between(ReadOnlySpan<long> times, long min, long max)
    {
        int from = 0;
        if (times[0] < min)
        {
            from = times.BinarySearch(min);
            if (from < 0) from = ~from;
        }
        int to = times.Length;
        if (times[^1] > max)
        {
            to = times.BinarySearch(max);
            to = to < 0 ? ~to : to + 1;
        }
        return (from, Math.Max(from, to));
    }
}
