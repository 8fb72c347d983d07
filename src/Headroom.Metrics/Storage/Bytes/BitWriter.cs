namespace Headroom.Metrics.Storage;

/// <summary>Appends bits, most significant first, to a <see cref="ByteWriter"/>.</summary>
internal ref struct BitWriter(ByteWriter into)
{
    private ulong _pending;
    private int _count;

    /// <summary>Appends the lowest bits of a value.</summary>
    public void Bits(ulong value, int count)
    {
        if (count > 32)
        {
            Bits(value >> 32, count - 32);
            count = 32;
        }
        // Fewer than 8 bits wait between calls, so 32 more always fit.
        _pending = _pending << count | value & (1UL << count) - 1;
        _count += count;
        while (_count >= 8)
        {
            _count -= 8;
            into.Byte((byte)(_pending >> _count));
        }
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void Finish()
    {
        if (_count > 0) into.Byte((byte)(_pending << (8 - _count)));
        _count = 0;
    }
}
