using System.Globalization;

namespace Headroom.Metrics.Ingest;

/// <summary>Decimal numbers in UTF-8 to doubles, correctly rounded, fast for the short ones that measurements mostly are.</summary>
public static class NumberText
{
    private const long MaxExactMantissa = 1L << 53;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>
    /// Parses a number with optional sign, fraction and exponent. False for anything else, for white space, for
    /// <c>NaN</c> and <c>Inf</c> (see <see cref="TryParseSpecial"/>), and for a number too large for a double.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        // A mantissa up to 2^53 and a power of ten up to 10^22 are exact doubles, so one division rounds once, that is,
        // correctly (Clinger, "How to read floating point numbers accurately", 1990).
        number = 0;
        int at = 0;
        bool negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            at = 1;
        }
        if (text.Length - at is < 1 or > 17) return TryParseSlowly(text, out number);
        long mantissa = 0;
        int places = -1;
        int digits = 0;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                mantissa = mantissa * 10 + digit;
                digits++;
                if (places >= 0) places++;
            }
            else if (text[at] == '.' && places < 0)
            {
                places = 0;
            }
            else
            {
                return TryParseSlowly(text, out number);
            }
        }
        if (digits == 0 || mantissa > MaxExactMantissa) return TryParseSlowly(text, out number);
        number = places > 0 ? mantissa / PowersOfTen[places] : mantissa;
        if (negative) number = -number;
        return true;
    }

    /// <summary>
    /// Reads a number of digits with at most a sign and a point, up to a blank or the end of the text, where
    /// <paramref name="end"/> then is. False for any other and for one with too many digits to be exact this way; it may be a number all the same.
    /// </summary>
    internal static bool TryReadPlain(ReadOnlySpan<byte> text, int at, out double number, out int end)
    {
        number = 0;
        end = at;
        bool negative = at < text.Length && text[at] == '-';
        if (negative) at++;
        int start = at;
        ulong mantissa = 0;
        int point = -1;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)(text[at] - '0');
            if (digit <= 9) mantissa = mantissa * 10 + digit;
            else if (text[at] == ' ') break;
            else if (text[at] == '.' && point < 0) point = at;
            else return false;
        }
        int digits = at - start - (point < 0 ? 0 : 1);
        // Up to 18 digits cannot overflow.
        if (digits is 0 or > 18 || mantissa > MaxExactMantissa) return false;
        number = mantissa;
        if (point >= 0) number /= PowersOfTen[at - point - 1];
        if (negative) number = -number;
        end = at;
        return true;
    }

    /// <summary>Parses <c>NaN</c>, <c>Inf</c> and <c>Infinity</c> in any case, with an optional sign.</summary>
    public static bool TryParseSpecial(ReadOnlySpan<byte> text, out double number)
    {
        number = double.NaN;
        bool negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            text = text[1..];
        }
        if (System.Text.Ascii.EqualsIgnoreCase(text, "nan"u8)) return true;
        if (!System.Text.Ascii.EqualsIgnoreCase(text, "inf"u8) && !System.Text.Ascii.EqualsIgnoreCase(text, "infinity"u8)) return false;
        number = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return true;
    }

    private static bool TryParseSlowly(ReadOnlySpan<byte> text, out double number)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }
}
