using System.Globalization;

namespace Headroom.Metrics.Ingest;

/// <summary>
/// Timestamps as people and programs write them, to Unix milliseconds UTC: RFC 3339, also with a space for the <c>T</c>,
/// with <c>/</c> in the date, without seconds, without a zone (then UTC) or as a date alone; and Unix time as a number.
/// Digits beyond milliseconds are cut off.
/// </summary>
/// <remarks>
/// A number's unit follows from its size: below 1e11 it is seconds (until the year 5138), below 1e14 milliseconds (from
/// March 1973), below 1e17 microseconds, else nanoseconds. Numbers with a fraction are treated alike.
/// </remarks>
public static class TimestampText
{
    private const long SecondsBelow = 100_000_000_000;
    private const long MillisecondsBelow = SecondsBelow * 1000;
    private const long MicrosecondsBelow = MillisecondsBelow * 1000;
    private const long MillisecondsPerDay = 86_400_000;

    /// <summary>Parses a date and time, or a number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long milliseconds) =>
        TryParseDate(text, out milliseconds) || TryParseNumber(text, out milliseconds);

    /// <summary>Parses Unix time in seconds, milliseconds, microseconds or nanoseconds.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            milliseconds = FromWhole(whole);
            return true;
        }
        return NumberText.TryParse(text, out double number) && TryFromNumber(number, out milliseconds);
    }

    /// <summary>Unix time of any of the four units to milliseconds; false when it is not finite.</summary>
    public static bool TryFromNumber(double number, out long milliseconds)
    {
        milliseconds = 0;
        if (!double.IsFinite(number)) return false;
        double size = Math.Abs(number);
        double inMilliseconds =
            size < SecondsBelow ? number * 1000
            : size < MillisecondsBelow ? number
            : size < MicrosecondsBelow ? number / 1000
            : number / 1_000_000;
        // A double of seconds is rarely exact at the third digit: rounding finds the one that was written.
        milliseconds = (long)Math.Round(Math.Clamp(inMilliseconds, -1e17, 1e17));
        return true;
    }

    /// <summary>Parses a date, or a date and time.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || text[4] != text[7] || text[4] is not ((byte)'-' or (byte)'/')) return false;
        if (!TryDigits(text[..4], out int year) || !TryDigits(text[5..7], out int month) || !TryDigits(text[8..10], out int day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        milliseconds = DaysSinceEpoch(year, month, day) * MillisecondsPerDay;

        var rest = text[10..];
        if (rest.IsEmpty) return true;
        if (rest[0] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        return TryParseTime(rest[1..], ref milliseconds);
    }

    private static bool TryParseTime(ReadOnlySpan<byte> text, ref long milliseconds)
    {
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out int hour) || !TryDigits(text[3..5], out int minute)) return false;
        if (hour > 23 || minute > 59) return false;
        milliseconds += (hour * 60 + minute) * 60_000;
        text = text[5..];

        if (text.Length > 0 && text[0] == ':')
        {
            // 60 is a leap second: it falls on the second after.
            if (text.Length < 3 || !TryDigits(text[1..3], out int second) || second > 60) return false;
            milliseconds += second * 1000;
            text = text[3..];
            if (text.Length > 0 && text[0] is (byte)'.' or (byte)',')
            {
                int digits = 1;
                int fraction = 0;
                for (; digits < text.Length && (uint)(text[digits] - '0') <= 9; digits++)
                    if (digits <= 3)
                        fraction = fraction * 10 + (text[digits] - '0');
                if (digits == 1) return false;
                for (int i = digits; i <= 3; i++) fraction *= 10;
                milliseconds += fraction;
                text = text[digits..];
            }
        }
        return TryParseZone(text, ref milliseconds);
    }

    private static bool TryParseZone(ReadOnlySpan<byte> text, ref long milliseconds)
    {
        if (text.Length > 1 && text[0] == ' ') text = text[1..];
        if (text.IsEmpty || text is [(byte)'Z' or (byte)'z'] || text.SequenceEqual("UTC"u8) || text.SequenceEqual("GMT"u8)) return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6)) return false;
        int minute = 0;
        if (!TryDigits(text[1..3], out int hour) || hour > 23) return false;
        if (text.Length == 6 && text[3] != ':') return false;
        if (text.Length > 3 && (!TryDigits(text[^2..], out minute) || minute > 59)) return false;
        long offset = (hour * 60 + minute) * 60_000L;
        milliseconds -= text[0] == '+' ? offset : -offset;
        return true;
    }

    private static long FromWhole(long number)
    {
        // The absolute value of long.MinValue does not exist; its unit is nanoseconds all the same.
        ulong size = number < 0 ? (ulong)-(number + 1) : (ulong)number;
        return size < SecondsBelow ? number * 1000
            : size < MillisecondsBelow ? number
            : size < MicrosecondsBelow ? number / 1000
            : number / 1_000_000;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (byte digit in text)
        {
            if ((uint)(digit - '0') > 9) return false;
            number = number * 10 + (digit - '0');
        }
        return true;
    }

    /// <summary>Days from 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that leap days come last.</summary>
    private static long DaysSinceEpoch(int year, int month, int day)
    {
        if (month <= 2)
        {
            year--;
            month += 12;
        }
        long days = 365L * year + year / 4 - year / 100 + year / 400 + (153 * month - 457) / 5 + day;
        return days - 719_469;
    }
}
