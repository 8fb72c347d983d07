using System.Buffers.Binary;
using System.Globalization;

namespace Headroom.Durable;

/// <summary>
/// The bytes of a segment file, all little-endian.
/// Header (32): magic <c>HDRMJRNL</c>, version u16, header length u16, zero u32, first sequence u64, zero u32, CRC32C u32 of
/// the 28 bytes before it.
/// Record (25 + payload): payload length u32, CRC32C u32 of the length and of all that follows the checksum, type u8,
/// sequence u64, epoch u64, payload.
/// </summary>
internal static class JournalFormat
{
    public const int Version = 1;
    public const int HeaderBytes = 32;
    public const int RecordOverhead = 25;
    public const string Extension = ".journal";

    private static ReadOnlySpan<byte> Magic => "HDRMJRNL"u8;

    public static string FileName(long firstSequence) => firstSequence.ToString("d20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The first sequence a segment's name states, or -1 when it is not the name of a segment.</summary>
    public static long SequenceOf(string fileName) =>
        fileName.Length == 20 + Extension.Length && fileName.EndsWith(Extension, StringComparison.Ordinal) &&
        long.TryParse(fileName.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            ? sequence
            : -1;

    public static byte[] Header(long firstSequence)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(10), HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), firstSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32C.Compute(header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>Checks a header. Null when it is whole; otherwise what is wrong.</summary>
    /// <exception cref="FormatVersionException">It is whole, and newer than this program.</exception>
    public static string? CheckHeader(ReadOnlySpan<byte> header, string file, long expectedSequence)
    {
        if (header.Length < HeaderBytes) return "the header is cut short";
        if (!header[..8].SequenceEqual(Magic)) return "it does not start as a journal segment does";
        if (Crc32C.Compute(header[..28]) != BinaryPrimitives.ReadUInt32LittleEndian(header[28..])) return "the header's checksum does not match";
        int version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version > Version) throw new FormatVersionException(file, version, Version);
        if (version < 1) return "the header has no version";
        return BinaryPrimitives.ReadInt64LittleEndian(header[16..]) == expectedSequence ? null : "the header names another first sequence than the file's name";
    }

    /// <summary>Writes all of a record except its checksum, which <see cref="Seal"/> adds off the append path.</summary>
    public static void WriteUnsealed(Span<byte> into, byte type, long sequence, long epoch, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into, payload.Length);
        into[8] = type;
        BinaryPrimitives.WriteInt64LittleEndian(into[9..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(into[17..], epoch);
        payload.CopyTo(into[RecordOverhead..]);
    }

    /// <summary>Adds the checksum to the record at the start of the span, and gives the record's whole length.</summary>
    public static int Seal(Span<byte> record)
    {
        int length = RecordOverhead + BinaryPrimitives.ReadInt32LittleEndian(record);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[..length]));
        return length;
    }

    public static uint Checksum(ReadOnlySpan<byte> record) => Crc32C.Compute(record[8..], Crc32C.Compute(record[..4]));

    public static int PayloadLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static uint StoredChecksum(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[4..]);

    public static long Sequence(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[9..]);

    public static long Epoch(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[17..]);
}
