using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>One scalar of OTLP's JSON, written as protobuf holds it (without its tag).</summary>
internal static class JsonScalar
{
    /// <summary>Whether a kind is a number in protobuf, and so packed when repeated.</summary>
    public static bool IsNumber(JsonKind kind) => kind is not (JsonKind.Message or JsonKind.Text or JsonKind.Base64 or JsonKind.Hex);

    /// <summary>The wire type of a kind when it stands alone.</summary>
    public static int WireType(JsonKind kind) => kind switch
    {
        JsonKind.Message or JsonKind.Text or JsonKind.Base64 or JsonKind.Hex => Tag.Length,
        JsonKind.Double or JsonKind.Fixed64 or JsonKind.SignedFixed64 => Tag.Fixed64,
        _ => Tag.Varint,
    };

    /// <summary>Writes the token at which the reader stands; false when it is not of the kind.</summary>
    public static bool TryWrite(ref Utf8JsonReader json, JsonKind kind, ProtobufBuffer into)
    {
        switch (kind)
        {
            case JsonKind.Text: return TryText(ref json, into);
            case JsonKind.Hex: return TryHex(ref json, into);
            case JsonKind.Base64: return TryBase64(ref json, into);
            case JsonKind.Flag:
                into.Varint(json.TokenType == JsonTokenType.True ? 1UL : 0);
                return json.TokenType is JsonTokenType.True or JsonTokenType.False;
            case JsonKind.Double:
                if (!TryDouble(ref json, out double number)) return false;
                into.Fixed64(BitConverter.DoubleToUInt64Bits(number));
                return true;
            case JsonKind.Fixed64:
                if (!TryUnsigned(ref json, out ulong unsigned)) return false;
                into.Fixed64(unsigned);
                return true;
            case JsonKind.SignedFixed64:
                if (!TrySigned(ref json, out long signed)) return false;
                into.Fixed64((ulong)signed);
                return true;
            case JsonKind.UInt64:
                if (!TryUnsigned(ref json, out unsigned)) return false;
                into.Varint(unsigned);
                return true;
            case JsonKind.Int64:
                if (!TrySigned(ref json, out signed)) return false;
                into.Varint((ulong)signed);
                return true;
            case JsonKind.UInt32:
                if (!TryUnsigned(ref json, out unsigned) || unsigned > uint.MaxValue) return false;
                into.Varint(unsigned);
                return true;
            case JsonKind.ZigZag32:
                if (!TrySigned(ref json, out signed) || signed is < int.MinValue or > int.MaxValue) return false;
                into.Varint((uint)(((int)signed << 1) ^ ((int)signed >> 31)));
                return true;
            default:
                if (json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out int value)) return false;
                into.Varint((ulong)(long)value);
                return true;
        }
    }

    private static bool TryText(ref Utf8JsonReader json, ProtobufBuffer into)
    {
        if (json.TokenType != JsonTokenType.String) return false;
        int begin = into.Begin();
        var room = into.Room(json.ValueSpan.Length);
        if (!into.IsFull)
        {
            try
            {
                into.Length += json.CopyString(room);
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair as an escape: JSON, but no text.
                return false;
            }
        }
        into.End(begin);
        return true;
    }

    private static bool TryHex(ref Utf8JsonReader json, ProtobufBuffer into)
    {
        // No id is longer than 16 bytes; anything longer is none.
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped || json.ValueSpan.Length > 64) return false;
        int begin = into.Begin();
        var room = into.Room(32);
        if (!into.IsFull)
        {
            if (Convert.FromHexString(json.ValueSpan, room, out _, out int written) != System.Buffers.OperationStatus.Done) return false;
            into.Length += written;
        }
        into.End(begin);
        return true;
    }

    private static bool TryBase64(ref Utf8JsonReader json, ProtobufBuffer into)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped) return false;
        int begin = into.Begin();
        var room = into.Room(Base64.GetMaxDecodedFromUtf8Length(json.ValueSpan.Length));
        if (!into.IsFull)
        {
            if (Base64.DecodeFromUtf8(json.ValueSpan, room, out _, out int written) != System.Buffers.OperationStatus.Done) return false;
            into.Length += written;
        }
        into.End(begin);
        return true;
    }

    private static bool TryDouble(ref Utf8JsonReader json, out double value)
    {
        value = 0;
        if (json.TokenType == JsonTokenType.Number) return json.TryGetDouble(out value);
        if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped) return false;
        if (json.ValueTextEquals("NaN"u8)) value = double.NaN;
        else if (json.ValueTextEquals("Infinity"u8)) value = double.PositiveInfinity;
        else if (json.ValueTextEquals("-Infinity"u8)) value = double.NegativeInfinity;
        else return double.TryParse(json.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        return true;
    }

    private static bool TryUnsigned(ref Utf8JsonReader json, out ulong value)
    {
        value = 0;
        return json.TokenType == JsonTokenType.Number ? json.TryGetUInt64(out value) || TryWhole(ref json, out value)
            : json.TokenType == JsonTokenType.String && ulong.TryParse(json.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static bool TrySigned(ref Utf8JsonReader json, out long value)
    {
        value = 0;
        return json.TokenType == JsonTokenType.Number ? json.TryGetInt64(out value)
            : json.TokenType == JsonTokenType.String && long.TryParse(json.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    // Protobuf's JSON allows 1.7e18 for a whole number.
    private static bool TryWhole(ref Utf8JsonReader json, out ulong value)
    {
        value = 0;
        if (!json.TryGetDouble(out double number) || !(number >= 0 && number < 18446744073709551616.0) || number != Math.Floor(number)) return false;
        value = (ulong)number;
        return true;
    }
}
