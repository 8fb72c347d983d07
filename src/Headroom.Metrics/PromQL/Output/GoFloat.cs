using System.Globalization;
using System.Text;

namespace Headroom.Metrics.PromQL.Output;

/// <summary>
/// Writes floats with the digits and exponents that the Prometheus server writes (Go's strconv, shortest form that reads
/// back as the same number), so that results compare as text.
/// </summary>
internal static class GoFloat
{
    /// <summary>Enough room for any float in any of the forms: 1 sign, 309 digits before or 1,074 after the point.</summary>
    public const int MaxBytes = 1100;

    /// <summary>As the HTTP API writes values: plain, with an exponent below 1e-6 and from 1e21.</summary>
    public static string Json(double value)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        return Encoding.ASCII.GetString(bytes[..WriteJson(value, bytes)]);
    }

    /// <summary>Plain decimal notation without an exponent.</summary>
    public static string Plain(double value)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        return Encoding.ASCII.GetString(bytes[..Write(value, bytes, static _ => false)]);
    }

    /// <summary>As Go's %g and %v: with an exponent below 1e-4 and from 1e6.</summary>
    public static string General(double value)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        return Encoding.ASCII.GetString(bytes[..Write(value, bytes, static exponent => exponent is < -4 or >= 6)]);
    }

    /// <summary>Writes as <see cref="Json"/> does into ASCII bytes and returns how many.</summary>
    public static int WriteJson(double value, Span<byte> into)
    {
        // Whole numbers are most of what monitoring holds, and cheap.
        if (Math.Abs(value) < 1e15 && value == Math.Truncate(value))
        {
            if (value == 0 && double.IsNegative(value)) return Copy("-0"u8, into);
            ((long)value).TryFormat(into, out int written, default, CultureInfo.InvariantCulture);
            return written;
        }
        // So are those with few decimals, as people and sensors round: whatever comes to the same double with at most 15
        // digits is its shortest form.
        if (WriteRounded(value, into) is > 0 and var rounded) return rounded;
        // Between these .NET too writes the shortest digits without an exponent.
        double size = Math.Abs(value);
        if (size is >= 1e-4 and < 1e15)
        {
            value.TryFormat(into, out int written, default, CultureInfo.InvariantCulture);
            return written;
        }
        return Write(value, into, static exponent => exponent is < -6 or >= 21);
    }

    // 0 when the value has more than six decimals or is not of a middling size.
    private static int WriteRounded(double value, Span<byte> into)
    {
        double size = Math.Abs(value);
        if (!(size is >= 1e-3 and < 1e9)) return 0;
        int decimals = 3;
        double scaled = Math.Round(size * 1e3);
        if (scaled / 1e3 != size)
        {
            decimals = 6;
            scaled = Math.Round(size * 1e6);
            if (scaled / 1e6 != size) return 0;
        }
        ulong digits = (ulong)scaled;
        for (; digits % 10 == 0; decimals--) digits /= 10;
        ulong unit = Powers[decimals];
        int n = 0;
        if (value < 0) into[n++] = (byte)'-';
        var (whole, part) = Math.DivRem(digits, unit);
        whole.TryFormat(into[n..], out int written, default, CultureInfo.InvariantCulture);
        n += written;
        into[n++] = (byte)'.';
        for (int i = decimals - 1; i >= 0; i--)
        {
            into[n + i] = (byte)('0' + (part % 10));
            part /= 10;
        }
        return n + decimals;
    }

    private static readonly ulong[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> into)
    {
        text.CopyTo(into);
        return text.Length;
    }

    private static int Write(double value, Span<byte> into, Func<int, bool> scientific)
    {
        if (double.IsNaN(value)) return Copy("NaN"u8, into);
        if (double.IsInfinity(value)) return Copy(value > 0 ? "+Inf"u8 : "-Inf"u8, into);

        Span<byte> digits = stackalloc byte[32];
        int count = Digits(Math.Abs(value), digits, out int exponent);
        int n = 0;
        if (double.IsNegative(value)) into[n++] = (byte)'-';
        if (scientific(exponent))
        {
            into[n++] = digits[0];
            if (count > 1) into[n++] = (byte)'.';
            digits[1..count].CopyTo(into[n..]);
            n += count - 1;
            into[n++] = (byte)'e';
            into[n++] = exponent < 0 ? (byte)'-' : (byte)'+';
            Math.Abs(exponent).TryFormat(into[n..], out int written, "00", CultureInfo.InvariantCulture);
            return n + written;
        }
        if (exponent < 0)
        {
            n += Copy("0."u8, into[n..]);
            for (int i = -1; i > exponent; i--) into[n++] = (byte)'0';
            digits[..count].CopyTo(into[n..]);
            return n + count;
        }
        for (int i = 0; i <= exponent; i++) into[n++] = i < count ? digits[i] : (byte)'0';
        if (count > exponent + 1)
        {
            into[n++] = (byte)'.';
            digits[(exponent + 1)..count].CopyTo(into[n..]);
            n += count - exponent - 1;
        }
        return n;
    }

    /// <summary>The shortest digits of a finite, non-negative number, and the decimal exponent of the first one.</summary>
    private static int Digits(double value, Span<byte> digits, out int exponent)
    {
        if (value == 0)
        {
            digits[0] = (byte)'0';
            exponent = 0;
            return 1;
        }
        Span<byte> text = stackalloc byte[64];
        // "R" gives the shortest digits but chooses between two layouts; both are taken apart here.
        value.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture);
        int count = 0, point = -1, scale = 0;
        bool leading = true;
        int zeros = 0;
        for (int i = 0; i < length; i++)
        {
            byte c = text[i];
            if (c == 'E')
            {
                scale = int.Parse(text[(i + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            if (c == '.') point = count + zeros;
            else if (c == '0' && leading) zeros++;
            else
            {
                leading = false;
                digits[count++] = c;
            }
        }
        // Position of the first digit relative to the point, counting zeros that led.
        int integerDigits = point < 0 ? count + zeros : point;
        exponent = integerDigits - zeros - 1 + scale;
        while (count > 1 && digits[count - 1] == '0') count--;
        return count;
    }
}
