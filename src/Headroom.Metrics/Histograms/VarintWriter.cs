using System.Buffers;
using System.Buffers.Binary;

namespace Headroom.Metrics.Histograms;

/// <summary>Writes into a buffer writer through one span at a time.</summary>
internal ref struct VarintWriter(IBufferWriter<byte> into)
{
    private Span<byte> _span = into.GetSpan(256);
    private int _used;

    public void Byte(byte value)
    {
        Reserve(1);
        _span[_used++] = value;
    }

    public void Unsigned(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _span[_used++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _span[_used++] = (byte)value;
    }

    public void Signed(long value) => Unsigned((ulong)(value << 1) ^ (ulong)(value >> 63));

    public void Double(double value)
    {
        Reserve(sizeof(double));
        BinaryPrimitives.WriteDoubleLittleEndian(_span[_used..], value);
        _used += sizeof(double);
    }

    public void Count(double value, bool whole)
    {
        if (whole) Signed((long)value);
        else Double(value);
    }

    public void Flush() => into.Advance(_used);

    private void Reserve(int bytes)
    {
        if (_span.Length - _used >= bytes) return;
        into.Advance(_used);
        _span = into.GetSpan(256);
        _used = 0;
    }
}
