using System.Buffers.Binary;
using System.Globalization;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// What the files of the store beside the journal share, all numbers little-endian: magic (8 bytes), version u16, zero
/// u16, the file's length u32, the body, and a CRC32C u32 of everything before it. A chunk file has 0 for its length
/// and no checksum at its end: each of its chunks has one.
/// </summary>
internal static class BlockFormat
{
    /// <summary>The version that is written.</summary>
    public const int Version = 2;

    /// <summary>The oldest version that is read.</summary>
    public const int OldestVersion = 1;

    public const int HeaderBytes = 16;
    public const string MetaFile = "meta";
    public const string IndexFile = "index";
    public const string ChunkFile = "chunks";
    public const string TemporarySuffix = ".new";

    public static ReadOnlySpan<byte> MetaMagic => "HDRMMETA"u8;

    public static ReadOnlySpan<byte> IndexMagic => "HDRMINDX"u8;

    public static ReadOnlySpan<byte> ChunkMagic => "HDRMCHNK"u8;

    public static ReadOnlySpan<byte> ManifestMagic => "HDRMMANI"u8;

    public static ReadOnlySpan<byte> CheckpointMagic => "HDRMCKPT"u8;

    public static string BlockName(long number) => number.ToString("d12", CultureInfo.InvariantCulture);

    /// <summary>The number of a block's directory, or -1 for any other name.</summary>
    public static long NumberOf(string name) =>
        name.Length == 12 && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;

    /// <summary>Starts a file in a cleared writer.</summary>
    public static void Start(ByteWriter into, ReadOnlySpan<byte> magic)
    {
        into.Clear();
        into.Bytes(magic);
        into.UInt16(Version);
        into.UInt16(0);
        into.UInt32(0);
    }

    /// <summary>Completes a file with its length and checksum.</summary>
    public static void Finish(ByteWriter into)
    {
        into.PatchUInt32(12, (uint)into.Length + 4);
        into.UInt32(Crc32C.Compute(into.Written));
    }

    /// <summary>Writes a whole file and syncs it; its directory is the caller's to sync.</summary>
    public static void WriteFile(IFileLayer files, string path, ReadOnlySpan<byte> bytes)
    {
        using var file = files.Create(path);
        file.Write(bytes, 0);
        file.Sync();
    }

    /// <summary>Reads a file that <see cref="Start"/> and <see cref="Finish"/> made, and checks it.</summary>
    /// <exception cref="BlockDamagedException">It is missing, or not what was written.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static byte[] ReadFile(IFileLayer files, string path, ReadOnlySpan<byte> magic)
    {
        byte[] bytes;
        try
        {
            using var file = files.Open(path);
            bytes = new byte[file.Length];
            bytes = bytes[..file.Read(bytes, 0)];
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BlockDamagedException(path, 0, "the file is missing");
        }
        if (bytes.Length < HeaderBytes + 4) throw new BlockDamagedException(path, bytes.Length, "the file is cut short");
        CheckHeader(bytes, path, magic);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        if (length != bytes.Length) throw new BlockDamagedException(path, Math.Min(length, bytes.Length), $"the file has {bytes.Length} bytes, and should have {length}");
        if (Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4)))
            throw new BlockDamagedException(path, HeaderBytes, "the checksum does not match");
        return bytes;
    }

    /// <summary>Checks magic and version at the start of a file.</summary>
    public static void CheckHeader(ReadOnlySpan<byte> header, string path, ReadOnlySpan<byte> magic)
    {
        if (header.Length < HeaderBytes) throw new BlockDamagedException(path, header.Length, "the file is cut short");
        if (!header[..8].SequenceEqual(magic)) throw new BlockDamagedException(path, 0, "it does not start as it should");
        int version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version > Version) throw new FormatVersionException(path, version, Version);
        if (version < OldestVersion) throw new BlockDamagedException(path, 8, "it has no format version");
    }

    /// <summary>The version of a file whose header was checked.</summary>
    public static int VersionOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
}

/// <summary>A file of the store is not what was written. Nothing was changed.</summary>
/// <param name="file">Path of the file.</param>
/// <param name="offset">Offset in bytes of the first thing that is wrong, as far as it can be told.</param>
/// <param name="reason">What is wrong there.</param>
internal sealed class BlockDamagedException(string file, long offset, string reason)
    : IOException($"'{file}' is damaged at byte {offset}: {reason}")
{
    /// <summary>Path of the file.</summary>
    public string File { get; } = file;

    /// <summary>Offset in bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>What is wrong there.</summary>
    public string Reason { get; } = reason;
}
