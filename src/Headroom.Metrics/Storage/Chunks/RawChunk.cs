namespace Headroom.Metrics.Storage;

/// <summary>
/// Values as they were posted, with their notes, in time and then arrival order: encoding byte, count,
/// <see cref="GorillaBits"/>, a table of the distinct texts, and for each note the distance to the entry of the note
/// before and the texts it refers to (0 for none).
/// </summary>
internal static class RawChunk
{
    public static void Encode(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<object?> notes, ByteWriter into)
    {
        into.Byte((byte)ChunkEncoding.Raw);
        into.Unsigned((ulong)times.Length);
        GorillaBits.Write(into, times, values);

        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        int noted = 0;
        foreach (object? note in notes)
        {
            if (note is not SampleNote said) continue;
            noted++;
            Learn(texts, said.MetadataJson);
            Learn(texts, said.Id);
            Learn(texts, said.Unit);
        }
        into.Unsigned((ulong)texts.Count);
        foreach (string text in texts.Keys) into.Text(text);
        into.Unsigned((ulong)noted);
        int last = 0;
        for (int i = 0; i < notes.Length; i++)
        {
            if (notes[i] is not SampleNote said) continue;
            into.Unsigned((ulong)(i - last));
            last = i;
            Refer(into, texts, said.MetadataJson);
            Refer(into, texts, said.Id);
            Refer(into, texts, said.Unit);
        }
    }

    /// <summary>Decodes all entries.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, out long[] times, out double[] values, out object?[]? notes)
    {
        var reader = new ByteReader(chunk);
        reader.Byte();
        int count = reader.Int32(1, ChunkLimits.Readable);
        times = new long[count];
        values = new double[count];
        notes = null;
        reader.Take(GorillaBits.Read(chunk[reader.Position..], times, values, smallestStep: 0));

        var texts = new string[reader.Count(1)];
        for (int i = 0; i < texts.Length; i++) texts[i] = reader.Text();
        int noted = reader.Count(4);
        if (noted > 0) notes = new object?[count];
        int at = 0;
        for (int i = 0; i < noted; i++)
        {
            at += reader.Int32(0, count);
            if (at >= count) throw reader.Bad("a note belongs to no sample");
            notes![at] = new SampleNote(Text(ref reader, texts), Text(ref reader, texts), Text(ref reader, texts));
        }
    }

    private static void Learn(Dictionary<string, int> texts, string? text)
    {
        if (text is not null) texts.TryAdd(text, texts.Count + 1);
    }

    private static void Refer(ByteWriter into, Dictionary<string, int> texts, string? text) =>
        into.Unsigned(text is null ? 0 : (ulong)texts[text]);

    private static string? Text(ref ByteReader reader, string[] texts)
    {
        int reference = reader.Int32(0, texts.Length);
        return reference == 0 ? null : texts[reference - 1];
    }
}
