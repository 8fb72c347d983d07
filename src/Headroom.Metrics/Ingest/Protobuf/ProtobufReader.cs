using System.Buffers.Binary;

namespace Headroom.Metrics.Ingest.Protobuf;

/// <summary>
/// Reads a protobuf message field by field from a span, without copying (protobuf.dev, "Encoding"). The reader never
/// throws on bad bytes and never reads past the end: <see cref="Next"/> answers false, and <see cref="Failed"/> says
/// whether that was the end or damage.
/// </summary>
/// <remarks>
/// <code>
/// var reader = new ProtobufReader(bytes);
/// while (reader.Next())
///     switch (reader.Field)
///     {
///         case 1: name = reader.Bytes; break;      // length-delimited: text, bytes, message, packed
///         case 2: time = (long)reader.Number; break; // varint, fixed32 or fixed64
///     }
/// if (reader.Failed) …
/// </code>
/// A field of an unexpected wire type must be checked by <see cref="Type"/> where it matters; unknown fields are
/// passed over by not looking at them. Groups, long deprecated, are refused.
/// </remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Number of the field just read.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type of the field just read.</summary>
    public WireType Type { get; private set; }

    /// <summary>Content of a length-delimited field; empty for others.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Content of a varint, fixed32 or fixed64 field, as unsigned; 0 for others.</summary>
    public ulong Number { get; private set; }

    /// <summary>Whether the bytes are not a protobuf message; what was read before stands.</summary>
    public bool Failed { get; private set; }

    /// <summary>Where the reader stands, in bytes from the start: after damage, where it is.</summary>
    public readonly int Position => _position;

    /// <summary>The number as a double (wire type fixed64).</summary>
    public readonly double Double => BitConverter.UInt64BitsToDouble(Number);

    /// <summary>The number as a zig-zag encoded sint32 or sint64.</summary>
    public readonly long ZigZag => (long)(Number >> 1) ^ -(long)(Number & 1);

    /// <summary>Reads the next field; false at the end and on damage.</summary>
    public bool Next()
    {
        if (Failed || _position == _bytes.Length) return false;
        if (!TryVarint(out ulong tag) || tag >> 3 is 0 or > 0x1FFF_FFFF) return Fail();
        (Field, Type, Number) = ((int)(tag >> 3), (WireType)(tag & 7), 0);
        Bytes = default;
        switch (Type)
        {
            case WireType.Varint:
                if (!TryVarint(out ulong number)) return Fail();
                Number = number;
                return true;
            case WireType.Fixed64:
                if (_bytes.Length - _position < 8) return Fail();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_position..]);
                _position += 8;
                return true;
            case WireType.Fixed32:
                if (_bytes.Length - _position < 4) return Fail();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[_position..]);
                _position += 4;
                return true;
            case WireType.LengthDelimited:
                if (!TryVarint(out ulong length) || length > (ulong)(_bytes.Length - _position)) return Fail();
                Bytes = _bytes.Slice(_position, (int)length);
                _position += (int)length;
                return true;
            default:
                return Fail();
        }
    }

    /// <summary>
    /// Reads one bare varint, as packed fields hold them; false at the end and on damage. Do not mix with
    /// <see cref="Next"/> on one reader.
    /// </summary>
    public bool NextPacked(out ulong number)
    {
        number = 0;
        if (Failed || _position == _bytes.Length) return false;
        return TryVarint(out number) || Fail();
    }

    private bool TryVarint(out ulong value)
    {
        var bytes = _bytes;
        int at = _position;
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            value = bytes[at];
            _position = at + 1;
            return true;
        }
        value = 0;
        for (int shift = 0; shift < 70 && (uint)at < (uint)bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            if (shift == 63 && next > 1) return false;
            value |= (ulong)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            _position = at;
            return true;
        }
        return false;
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}

/// <summary>How a protobuf field is encoded.</summary>
internal enum WireType
{
    /// <summary>int32, int64, uint32, uint64, sint32, sint64, bool, enum.</summary>
    Varint = 0,

    /// <summary>fixed64, sfixed64, double.</summary>
    Fixed64 = 1,

    /// <summary>string, bytes, messages, packed repeated fields.</summary>
    LengthDelimited = 2,

    /// <summary>fixed32, sfixed32, float.</summary>
    Fixed32 = 5,
}
