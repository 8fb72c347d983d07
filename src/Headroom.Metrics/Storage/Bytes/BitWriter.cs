namespace Headroom.Metrics.Storage;

/// <summary>Appends bits, most significant first, to a <see cref="ByteWriter"/>.</summary>
internal ref struct BitWriter(ByteWriter into)
{
    private ulong _pending;
    private int _count;

    /// <summary>Appends the lowest 1 to 64 bits of a value.</summary>
    public void Bits(ulong value, int count)
    {
        if (count < 64) value &= (1UL << count) - 1;
        int room = 64 - _count;
        if (count < room)
        {
            _pending = _pending << count | value;
            _count += count;
            return;
        }
        int rest = count - room;
        into.BigEndian((room == 64 ? 0 : _pending << room) | value >> rest);
        (_pending, _count) = (rest == 0 ? 0 : value & (1UL << rest) - 1, rest);
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void Finish()
    {
        for (; _count >= 8; _count -= 8) into.Byte((byte)(_pending >> (_count - 8)));
        if (_count > 0) into.Byte((byte)(_pending << (8 - _count)));
        _count = 0;
    }
}
