using System.Buffers.Binary;
using System.Text;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Writes protobuf (encoding as in protobuf.dev, "Encoding") into one growing buffer. A nested message is written in
/// place; its length, known only at its end, is put before it then.
/// </summary>
internal sealed class ProtobufWriter
{
    private byte[] _bytes = new byte[4096];
    private int _count;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Varint(int field, ulong value)
    {
        Tag(field, 0);
        Raw(value);
    }

    public void Signed(int field, long value) => Varint(field, ZigZag(value));

    public void Double(int field, double value)
    {
        Tag(field, 1);
        RawDouble(value);
    }

    public void Text(int field, string value)
    {
        Tag(field, 2);
        int length = Encoding.UTF8.GetByteCount(value);
        Raw((ulong)length);
        _count += Encoding.UTF8.GetBytes(value, Room(length));
    }

    /// <summary>Opens a nested message or packed field; give the result to <see cref="End"/>.</summary>
    public int Begin(int field)
    {
        Tag(field, 2);
        return _count;
    }

    /// <summary>Puts the length before what was written since <see cref="Begin"/>.</summary>
    public void End(int start)
    {
        int length = _count - start;
        Span<byte> prefix = stackalloc byte[5];
        int size = 0;
        for (uint rest = (uint)length; ; rest >>= 7)
        {
            prefix[size++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80) break;
        }
        Room(size);
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(start + size));
        prefix[..size].CopyTo(_bytes.AsSpan(start));
        _count += size;
    }

    /// <summary>Appends fields that are encoded already.</summary>
    public void Append(ReadOnlySpan<byte> fields)
    {
        fields.CopyTo(Room(fields.Length));
        _count += fields.Length;
    }

    /// <summary>A varint without a tag, as a packed field holds it.</summary>
    public void Raw(ulong value)
    {
        var room = Room(10);
        int n = 0;
        for (; value >= 0x80; value >>= 7) room[n++] = (byte)(value | 0x80);
        room[n++] = (byte)value;
        _count += n;
    }

    /// <summary>A zigzag varint without a tag.</summary>
    public void RawSigned(long value) => Raw(ZigZag(value));

    /// <summary>A double without a tag.</summary>
    public void RawDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
        _count += 8;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private void Tag(int field, int wireType) => Raw((uint)((field << 3) | wireType));

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _count < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + bytes));
        return _bytes.AsSpan(_count);
    }
}
