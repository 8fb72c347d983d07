using System.Globalization;
using System.Text;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>
/// Numbers (decimal, hexadecimal, octal with a leading zero, underscores between digits, Inf, NaN) and durations
/// (<c>1h30m</c>: units in falling order, each once).
/// </summary>
internal static class NumberSyntax
{
    private static readonly (string Name, long Milliseconds)[] Units =
    [
        ("y", 365L * 86_400_000), ("w", 7L * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ];

    /// <summary>Length of the number at the start of a text, or 0 when what stands there is none.</summary>
    public static int NumberLength(ReadOnlySpan<char> text)
    {
        int i = 0;
        if (text.Length > 1 && text[0] == '0' && text[1] is 'x' or 'X')
        {
            i = 2;
            while (i < text.Length && (char.IsAsciiHexDigit(text[i]) || text[i] == '_')) i++;
        }
        else
        {
            i = Digits(text, 0);
            if (i < text.Length && text[i] == '.') i = Digits(text, i + 1);
            if (i < text.Length && text[i] is 'e' or 'E')
            {
                int exponent = i + 1;
                if (exponent < text.Length && text[exponent] is '+' or '-') exponent++;
                int end = Digits(text, exponent);
                if (end > exponent) i = end;
            }
        }
        if (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '_')) return 0;
        return TryParse(text[..i], out _) ? i : 0;
    }

    private static int Digits(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && (char.IsAsciiDigit(text[from]) || text[from] == '_')) from++;
        return from;
    }

    /// <summary>Length of the duration at the start of a text, or 0 when what stands there is none.</summary>
    public static int DurationLength(ReadOnlySpan<char> text)
    {
        int i = 0;
        while (i < text.Length && char.IsAsciiLetterOrDigit(text[i])) i++;
        if (i < text.Length && text[i] == '_') return 0;
        return TryParseDuration(text[..i], out _) ? i : 0;
    }

    /// <summary>Reads a number token.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        if (text.Equals("inf", StringComparison.OrdinalIgnoreCase) || text.Equals("+inf", StringComparison.OrdinalIgnoreCase)) value = double.PositiveInfinity;
        else if (text.Equals("-inf", StringComparison.OrdinalIgnoreCase)) value = double.NegativeInfinity;
        else if (text.Equals("nan", StringComparison.OrdinalIgnoreCase)) value = double.NaN;
        else
        {
            if (!UnderscoresAreBetweenDigits(text)) return false;
            Span<char> plain = text.Length <= 64 ? stackalloc char[text.Length] : new char[text.Length];
            int n = 0;
            foreach (char c in text)
                if (c != '_') plain[n++] = c;
            plain = plain[..n];
            if (n > 2 && plain[0] == '0' && plain[1] is 'x' or 'X') return TryRadix(plain[2..], 16, out value);
            // As in Go: a leading zero means octal unless a digit says otherwise.
            if (n > 1 && plain[0] == '0' && plain.IndexOfAnyExceptInRange('0', '7') < 0) return TryRadix(plain[1..], 8, out value);
            return n > 0 && char.IsAsciiDigit(plain[^1] == '.' ? plain[0] : plain[^1])
                && double.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
        }
        return true;
    }

    private static bool UnderscoresAreBetweenDigits(ReadOnlySpan<char> text)
    {
        int i = text.IndexOf('_');
        if (i < 0) return true;
        for (; i < text.Length; i++)
        {
            if (text[i] != '_') continue;
            bool before = i > 0 && (char.IsAsciiHexDigit(text[i - 1]) || (i == 2 && text[1] is 'x' or 'X'));
            bool after = i + 1 < text.Length && char.IsAsciiHexDigit(text[i + 1]);
            if (!before || !after) return false;
        }
        return true;
    }

    private static bool TryRadix(ReadOnlySpan<char> digits, int radix, out double value)
    {
        value = 0;
        if (digits.Length == 0) return false;
        ulong exact = 0;
        bool fits = true;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
            fits &= exact <= (ulong.MaxValue - (ulong)digit) / (ulong)radix;
            exact = unchecked((exact * (ulong)radix) + (ulong)digit);
            value = (value * radix) + digit;
        }
        if (fits) value = exact;
        return true;
    }

    /// <summary>Reads a duration such as <c>1h30m</c> as milliseconds.</summary>
    public static bool TryParseDuration(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.IsEmpty) return false;
        if (text is "0") return true;
        int unit = -1;
        Int128 total = 0;
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
            if (i == start || !long.TryParse(text[start..i], NumberStyles.None, CultureInfo.InvariantCulture, out long count)) return false;
            int name = i;
            while (i < text.Length && char.IsAsciiLetter(text[i])) i++;
            int found = -1;
            for (int u = 0; u < Units.Length; u++)
                if (text[name..i].SequenceEqual(Units[u].Name)) found = u;
            if (found <= unit) return false;
            unit = found;
            total += (Int128)count * Units[found].Milliseconds;
        }
        // Prometheus keeps durations in int64 nanoseconds.
        if (total > long.MaxValue / 1_000_000) return false;
        milliseconds = (long)total;
        return true;
    }

    /// <summary>Writes milliseconds as a duration, largest units first, for example <c>1h30m</c>; <c>0s</c> for none.</summary>
    public static string FormatDuration(long milliseconds)
    {
        if (milliseconds == 0) return "0s";
        var text = new StringBuilder();
        if (milliseconds < 0)
        {
            text.Append('-');
            milliseconds = -milliseconds;
        }
        foreach (var (name, size) in Units)
        {
            // Years and weeks only when they say it all: 8 days read better as 8d than as 1w1d.
            bool exactOnly = name is "y" or "w";
            if (milliseconds < size || (exactOnly && milliseconds % size != 0)) continue;
            text.Append(CultureInfo.InvariantCulture, $"{milliseconds / size}{name}");
            milliseconds %= size;
        }
        return text.ToString();
    }
}
