namespace Headroom.Metrics.Storage;

/// <summary>Float samples of one series: encoding byte, count, then <see cref="GorillaBits"/>.</summary>
internal static class FloatChunk
{
    public static void Encode(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ByteWriter into)
    {
        into.Byte((byte)ChunkEncoding.Floats);
        into.Unsigned((ulong)times.Length);
        GorillaBits.Write(into, times, values);
    }

    /// <summary>Appends the samples between two instants (both included) to a buffer.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, long min, long max, SampleBuffer into)
    {
        var reader = new ByteReader(chunk);
        reader.Byte();
        int count = reader.Int32(1, ChunkLimits.Readable);
        bool small = count <= ChunkLimits.Floats;
        Span<long> times = small ? stackalloc long[count] : new long[count];
        Span<double> values = small ? stackalloc double[count] : new double[count];
        GorillaBits.Read(chunk[reader.Position..], times, values, smallestStep: 1);
        for (int i = 0; i < count && times[i] <= max; i++)
            if (times[i] >= min)
                into.Add(times[i], values[i]);
    }
}
