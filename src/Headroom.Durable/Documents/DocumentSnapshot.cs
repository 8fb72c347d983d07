using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Headroom.Durable;

/// <summary>
/// All documents at one moment, in a file that never changes. Little-endian.
/// Header (40): magic <c>HDRMDOCS</c>, version u16, header length u16, zero u32, journal sequence it includes u64, last version
/// given u64, zero u32, CRC32C u32 of the 36 bytes before it.
/// Documents in ordinal order of their keys (by UTF-16 code unit): CRC32C u32 of the 18 bytes and the key that follow it, content's CRC32C u32, key length u16, content length u32,
/// version u64, key, content. Footer (20): magic <c>HDRMDEND</c>, count u64, CRC32C u32 of the 16 bytes before it.
/// Keys are held in memory, contents are read when asked for.
/// </summary>
internal sealed class DocumentSnapshot : IDisposable
{
    public const int Version = 1;
    private const string Prefix = "documents-";
    private const string Extension = ".snapshot";
    private const int HeaderBytes = 40;
    private const int EntryBytes = 22;
    private const int FooterBytes = 20;

    private readonly IDurableFile _file;
    private readonly string[] _keys;
    private readonly Position[] _positions;

    private DocumentSnapshot(string path, IDurableFile file, long sequence, long lastVersion, string[] keys, Position[] positions) =>
        (Path, _file, Sequence, LastVersion, _keys, _positions) = (path, file, sequence, lastVersion, keys, positions);

    public string Path { get; }

    /// <summary>The last journal record whose changes are in it.</summary>
    public long Sequence { get; }

    /// <summary>The last version given when it was written.</summary>
    public long LastVersion { get; }

    public int Count => _keys.Length;

    private static ReadOnlySpan<byte> Magic => "HDRMDOCS"u8;

    private static ReadOnlySpan<byte> EndMagic => "HDRMDEND"u8;

    public static string FileName(long sequence) => Prefix + sequence.ToString("d20", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The sequence that a snapshot's name states, or −1 when it is not the name of one.</summary>
    public static long SequenceOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(Prefix.Length, Math.Max(0, name.Length - Prefix.Length - Extension.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            ? sequence
            : -1;

    /// <summary>Writes a snapshot under a name of its own and then, when it is whole and synced, gives it its real one.</summary>
    public static void Write(IFileLayer files, string path, long sequence, long lastVersion, IEnumerable<Document> documents)
    {
        string making = path + ".tmp";
        string directory = System.IO.Path.GetDirectoryName(path)!;
        if (files.ListFiles(directory).Contains(System.IO.Path.GetFileName(making))) files.DeleteFile(making);
        using (var file = files.Create(making))
        {
            var writer = new SnapshotWriter(file);
            Span<byte> header = stackalloc byte[HeaderBytes];
            header.Clear();
            Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Version);
            BinaryPrimitives.WriteUInt16LittleEndian(header[10..], HeaderBytes);
            BinaryPrimitives.WriteInt64LittleEndian(header[16..], sequence);
            BinaryPrimitives.WriteInt64LittleEndian(header[24..], lastVersion);
            BinaryPrimitives.WriteUInt32LittleEndian(header[36..], Crc32C.Compute(header[..36]));
            writer.Add(header);
            long count = 0;
            foreach (var document in documents)
            {
                count++;
                AddEntry(writer, document);
            }
            Span<byte> footer = stackalloc byte[FooterBytes];
            EndMagic.CopyTo(footer);
            BinaryPrimitives.WriteInt64LittleEndian(footer[8..], count);
            BinaryPrimitives.WriteUInt32LittleEndian(footer[16..], Crc32C.Compute(footer[..16]));
            writer.Add(footer);
            writer.Flush();
            file.Sync();
        }
        files.Move(making, path);
        files.SyncDirectory(directory);
    }

    /// <summary>Opens a snapshot and reads its keys.</summary>
    /// <exception cref="DocumentsDamagedException">It is damaged.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static DocumentSnapshot Open(IFileLayer files, string path)
    {
        var file = files.Open(path);
        try
        {
            var (sequence, lastVersion) = ReadHeader(file, path);
            var keys = new List<string>();
            var positions = new List<Position>();
            long end = file.Length - FooterBytes;
            long offset = HeaderBytes;
            var buffer = new byte[EntryBytes + DocumentStore.MaxKeyBytes];
            while (offset < end)
            {
                int got = file.Read(buffer, offset);
                int keyBytes = got < EntryBytes ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(8));
                if (keyBytes > got - EntryBytes) throw new DocumentsDamagedException(path, offset, "a document's header is cut short");
                var head = buffer.AsSpan(0, EntryBytes + keyBytes);
                if (Crc32C.Compute(head[4..]) != BinaryPrimitives.ReadUInt32LittleEndian(head)) throw new DocumentsDamagedException(path, offset, "a document's header does not match its checksum");
                var position = new Position(
                    offset + head.Length,
                    BinaryPrimitives.ReadInt32LittleEndian(head[10..]),
                    BinaryPrimitives.ReadInt64LittleEndian(head[14..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));
                keys.Add(Encoding.UTF8.GetString(head[EntryBytes..]));
                positions.Add(position);
                offset = position.Offset + position.Length;
            }
            if (offset != end) throw new DocumentsDamagedException(path, offset, "the last document reaches beyond the end");
            CheckFooter(file, path, end, keys.Count);
            return new DocumentSnapshot(path, file, sequence, lastVersion, [.. keys], [.. positions]);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Where the first key stands that is not before one.</summary>
    public int Seek(string key)
    {
        int at = Array.BinarySearch(_keys, key, StringComparer.Ordinal);
        return at >= 0 ? at : ~at;
    }

    public DocumentEntry EntryAt(int index) => new(_keys[index], _positions[index].Version, _positions[index].Length);

    /// <summary>Where a key stands, or a negative number.</summary>
    public int IndexOf(string key) => Array.BinarySearch(_keys, key, StringComparer.Ordinal);

    /// <exception cref="DocumentsDamagedException">The document's bytes do not match their checksum.</exception>
    public Document Read(int index)
    {
        var position = _positions[index];
        var content = new byte[position.Length];
        if (_file.Read(content, position.Offset) != content.Length || Crc32C.Compute(content) != position.Checksum)
            throw new DocumentsDamagedException(Path, position.Offset, $"document '{_keys[index]}' does not match its checksum");
        return new Document(_keys[index], position.Version, content);
    }

    public void Dispose() => _file.Dispose();

    private static (long Sequence, long LastVersion) ReadHeader(IDurableFile file, string path)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.Read(header, 0) < HeaderBytes || file.Length < HeaderBytes + FooterBytes) throw new DocumentsDamagedException(path, 0, "it is cut short");
        if (!header[..8].SequenceEqual(Magic)) throw new DocumentsDamagedException(path, 0, "it does not start as a snapshot does");
        if (Crc32C.Compute(header[..36]) != BinaryPrimitives.ReadUInt32LittleEndian(header[36..])) throw new DocumentsDamagedException(path, 0, "the header does not match its checksum");
        int version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version > Version) throw new FormatVersionException(path, version, Version);
        return (BinaryPrimitives.ReadInt64LittleEndian(header[16..]), BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
    }

    private static void CheckFooter(IDurableFile file, string path, long offset, long count)
    {
        Span<byte> footer = stackalloc byte[FooterBytes];
        file.Read(footer, offset);
        if (!footer[..8].SequenceEqual(EndMagic) || Crc32C.Compute(footer[..16]) != BinaryPrimitives.ReadUInt32LittleEndian(footer[16..]))
            throw new DocumentsDamagedException(path, offset, "the end does not match its checksum");
        if (BinaryPrimitives.ReadInt64LittleEndian(footer[8..]) != count) throw new DocumentsDamagedException(path, offset, "documents are missing");
    }

    private static void AddEntry(SnapshotWriter writer, Document document)
    {
        int keyBytes = Encoding.UTF8.GetByteCount(document.Key);
        Span<byte> head = stackalloc byte[EntryBytes + keyBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Crc32C.Compute(document.Content.Span));
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], (ushort)keyBytes);
        BinaryPrimitives.WriteInt32LittleEndian(head[10..], document.Content.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head[14..], document.Version);
        Encoding.UTF8.GetBytes(document.Key, head[EntryBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(head, Crc32C.Compute(head[4..]));
        writer.Add(head);
        writer.Add(document.Content.Span);
    }

    private readonly record struct Position(long Offset, int Length, long Version, uint Checksum);

    private sealed class SnapshotWriter(IDurableFile file)
    {
        private readonly byte[] _buffer = new byte[256 << 10];
        private int _buffered;
        private long _written;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int fits = Math.Min(bytes.Length, _buffer.Length - _buffered);
                bytes[..fits].CopyTo(_buffer.AsSpan(_buffered));
                _buffered += fits;
                bytes = bytes[fits..];
                if (_buffered == _buffer.Length) Flush();
            }
        }

        public void Flush()
        {
            if (_buffered == 0) return;
            file.Write(_buffer.AsSpan(0, _buffered), _written);
            _written += _buffered;
            _buffered = 0;
        }
    }
}
