using System.Globalization;
using System.Text;

namespace Headroom.Configuration.Values;

/// <summary>
/// Durations as headroom.yaml and PromQL write them: whole numbers with units, largest unit first, each once, such as
/// <c>30s</c>, <c>1h30m</c>, <c>7d</c>. A day is 24 h, a week 7 days, a year 365 days (Prometheus documentation,
/// "Time durations").
/// </summary>
public static class DurationText
{
    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 365L * 86_400_000), ("w", 7L * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ];

    internal const string Pattern = @"^(?=[0-9])([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";

    /// <summary>Reads a duration; when it is none, <paramref name="reason"/> says why without repeating the text.</summary>
    public static bool TryParse(string text, out TimeSpan duration, out string reason)
    {
        duration = default;
        reason = "";
        if (text.Length == 0) return Fail(out reason, "it is empty");
        long total = 0;
        int smallest = -1;
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
            if (i < text.Length && text[i] is '.' or ',') return Fail(out reason, "only whole numbers are allowed; write 1h30m for 1.5h");
            if (start == i) return Fail(out reason, "a unit must follow a number");
            if (!long.TryParse(text.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                return Fail(out reason, "the number is too large");
            start = i;
            while (i < text.Length && char.IsAsciiLetter(text[i])) i++;
            string unit = text[start..i];
            int index = Array.FindIndex(Units, u => u.Unit == unit);
            if (unit.Length == 0) return Fail(out reason, "the unit is missing: ms, s, m, h, d, w or y");
            if (index < 0) return Fail(out reason, "the unit is none of ms, s, m, h, d, w and y");
            if (index <= smallest) return Fail(out reason, "units go from the largest to the smallest, each once");
            smallest = index;
            try
            {
                total = checked(total + (number * Units[index].Milliseconds));
            }
            catch (OverflowException)
            {
                return Fail(out reason, "it is too long");
            }
        }
        if (total > (long)TimeSpan.MaxValue.TotalMilliseconds) return Fail(out reason, "it is too long");
        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>Writes a duration so that <see cref="TryParse"/> reads the same, to the millisecond; zero is <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        long rest = (long)duration.TotalMilliseconds;
        if (rest <= 0) return "0s";
        var text = new StringBuilder();
        // Weeks and years are read, but "35d" says more to a person than "5w".
        foreach (var (unit, milliseconds) in Units.AsSpan(2))
        {
            if (rest < milliseconds) continue;
            text.Append(CultureInfo.InvariantCulture, $"{rest / milliseconds}{unit}");
            rest %= milliseconds;
        }
        return text.ToString();
    }

    private static bool Fail(out string reason, string why)
    {
        reason = why;
        return false;
    }
}
