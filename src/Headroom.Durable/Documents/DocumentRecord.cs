using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Headroom.Durable;

/// <summary>
/// The journal record of one write, all or nothing: version u64, count of changes u32; for each key length u16, content length i32
/// (−1 for a deletion), key (UTF-8), content. Little-endian.
/// </summary>
internal static class DocumentRecord
{
    public const byte Type = 1;
    private const int Deleted = -1;

    public static void Write(ArrayBufferWriter<byte> to, long version, IReadOnlyList<DocumentChange> changes)
    {
        var head = to.GetSpan(12);
        BinaryPrimitives.WriteInt64LittleEndian(head, version);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], changes.Count);
        to.Advance(12);
        foreach (var change in changes)
        {
            int keyBytes = Encoding.UTF8.GetByteCount(change.Key);
            int contentBytes = change.Content?.Length ?? 0;
            var span = to.GetSpan(6 + keyBytes + contentBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)keyBytes);
            BinaryPrimitives.WriteInt32LittleEndian(span[2..], change.Content is null ? Deleted : contentBytes);
            Encoding.UTF8.GetBytes(change.Key, span[6..]);
            change.Content?.Span.CopyTo(span[(6 + keyBytes)..]);
            to.Advance(6 + keyBytes + contentBytes);
        }
    }

    /// <summary>Reads a record back.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a record.</exception>
    public static (long Version, List<(string Key, byte[]? Content)> Changes) Read(byte type, ReadOnlySpan<byte> payload)
    {
        if (type != Type || payload.Length < 12) throw Wrong();
        long version = BinaryPrimitives.ReadInt64LittleEndian(payload);
        int count = BinaryPrimitives.ReadInt32LittleEndian(payload[8..]);
        var changes = new List<(string, byte[]?)>();
        payload = payload[12..];
        for (int i = 0; i < count; i++)
        {
            if (payload.Length < 6) throw Wrong();
            int keyBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload);
            int contentBytes = BinaryPrimitives.ReadInt32LittleEndian(payload[2..]);
            int content = Math.Max(contentBytes, 0);
            if (contentBytes < Deleted || payload.Length - 6 - keyBytes < content) throw Wrong();
            changes.Add((Encoding.UTF8.GetString(payload.Slice(6, keyBytes)), contentBytes == Deleted ? null : payload.Slice(6 + keyBytes, content).ToArray()));
            payload = payload[(6 + keyBytes + content)..];
        }
        return payload.IsEmpty ? (version, changes) : throw Wrong();
    }

    private static InvalidDataException Wrong() => new("a record is not one of a document store");
}
