using System.Globalization;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports;

/// <summary>
/// Numbers as people read them, in one place for every face. Three significant digits unless said otherwise; times in
/// ns to days, sizes in powers of 1,024, shares as percent; never an exponent a person must decode.
/// </summary>
public static class Quantities
{
    /// <summary>What stands where there is no number.</summary>
    public const string NoData = "no data";

    private const int MostDigits = 7;

    private static readonly (double From, string Name)[] TimeSteps = [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];
    private static readonly string[] ByteSteps = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    private static readonly string[] NumberSteps = ["", "", "M", "G", "T", "P"];

    /// <summary>
    /// A value with its unit: <c>0.0123</c> in <c>s</c> is <c>12.3 ms</c>, <c>1.2e9</c> in <c>By</c> is <c>1.12 GiB</c>,
    /// <c>0.25</c> in <c>ratio</c> is <c>25%</c>. Null and NaN are <c>no data</c>.
    /// </summary>
    /// <param name="value">The value in <paramref name="unit"/>.</param>
    /// <param name="unit">As written in headroom.yaml (UCUM or common spellings); an unknown unit follows the number as it is.</param>
    /// <param name="digits">Significant digits.</param>
    public static string Format(double? value, string? unit, int digits = 3)
    {
        if (value is not { } number || double.IsNaN(number)) return NoData;
        if (double.IsInfinity(number)) return number > 0 ? "+Inf" : "-Inf";
        var family = MeasurementUnit.Parse(unit);
        double magnitude = Math.Abs(number) * family.Factor;
        // The unit's factor may carry a huge number over the edge; then its own unit is as good as any.
        if (double.IsInfinity(magnitude)) return (number < 0 ? "-" : "") + Power(Math.Abs(number), digits, " " + unit);
        string text = family.Kind switch
        {
            UnitKind.Time => Time(magnitude, digits),
            UnitKind.Bytes => Bytes(magnitude, digits) + family.Suffix,
            UnitKind.Percent => Percent(magnitude, digits) + "%",
            UnitKind.Money => "$" + (magnitude is > 0 and < 0.01 or >= 1e6 ? Number(magnitude, digits, "") : magnitude.ToString("N2", CultureInfo.InvariantCulture)),
            _ => Number(magnitude, digits, family.Suffix),
        };
        return number < 0 && magnitude > 0 ? "-" + text : text;
    }

    /// <summary>
    /// As <see cref="Format"/>, with as many more digits as it takes not to look equal to a number it stands beside
    /// and differs from: 99.96 ms beside a bound of 100 ms.
    /// </summary>
    public static string FormatBeside(double? value, string? unit, params ReadOnlySpan<double?> others)
    {
        for (int digits = 3; ; digits++)
        {
            string text = Format(value, unit, digits);
            if (digits == MostDigits || !LooksEqual(value, unit, text, digits, others)) return text;
        }
    }

    /// <summary>A value with enough digits to tell it from the bounds it is judged by.</summary>
    public static string FormatJudged(double? value, string? unit, Bound? target, Bound? critical) =>
        FormatBeside(value, unit, target?.Low, target?.High, critical?.Low, critical?.High);

    /// <summary>A condition with its unit: <c>&lt; 100 ms</c>, <c>70% to 80%</c>; null is <c>none</c>.</summary>
    public static string Condition(Bound? bound, string? unit) => bound is null ? "none" : bound.Operator switch
    {
        BoundOperator.Less => $"< {Exact(bound.High, unit)}",
        BoundOperator.LessOrEqual => $"<= {Exact(bound.High, unit)}",
        BoundOperator.Greater => $"> {Exact(bound.Low, unit)}",
        BoundOperator.GreaterOrEqual => $">= {Exact(bound.Low, unit)}",
        _ => Between(Exact(bound.Low, unit), Exact(bound.High, unit)),
    };

    /// <summary>Where a KPI started, with its unit; null is <c>none</c>.</summary>
    public static string Start(Baseline? baseline, string? unit) => baseline is null ? "none"
        : baseline.Low == baseline.High ? Exact(baseline.Low, unit)
        : Between(Exact(baseline.Low, unit), Exact(baseline.High, unit));

    /// <summary>From one value to another; a unit they share is said once: <c>21 to 61 ms</c>.</summary>
    public static string Range(double low, double high, string? unit) => Between(Format(low, unit), Format(high, unit));

    /// <summary>From one value to a later one: <c>25.1 → 44.8 ms</c>, with enough digits to tell them apart.</summary>
    public static string Move(double from, double to, string? unit) => Between(FormatBeside(from, unit, to), FormatBeside(to, unit, from), " → ");

    /// <summary>A signed change in percent: <c>+78%</c>, <c>-4.2%</c>, <c>0%</c>; null and NaN are <c>no data</c>.</summary>
    public static string Change(double? percent)
    {
        if (percent is not { } number || double.IsNaN(number)) return NoData;
        if (double.IsInfinity(number)) return number > 0 ? "+Inf" : "-Inf";
        double rounded = RoundTo(number, Math.Abs(number) >= 10 ? 0 : 1);
        return rounded == 0 ? "0%" : (rounded > 0 ? "+" : "-") + Number(Math.Abs(rounded), 6, "") + "%";
    }

    /// <summary>A share in percent without sign: <c>47.5%</c>; null and NaN are <c>no data</c>.</summary>
    public static string Share(double? percent) => Format(percent, "%");

    /// <summary>A probability as statistics reports it: <c>0.034</c>, <c>&lt; 0.001</c>; NaN is <c>no data</c>.</summary>
    public static string Probability(double p) => double.IsNaN(p) ? NoData : p < 0.001 ? "< 0.001" : Trim(p.ToString(p < 0.1 ? "F3" : "F2", CultureInfo.InvariantCulture));

    /// <summary>An instant in UTC for people: <c>14 Jan 2026, 09:30 UTC</c>.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A window in UTC for people; the date is not repeated within a day, seconds show in windows under five minutes.</summary>
    public static string Window(DateTimeOffset from, DateTimeOffset to)
    {
        var (start, end) = (from.UtcDateTime, to.UtcDateTime);
        string clock = to - from < TimeSpan.FromMinutes(5) ? "HH:mm:ss" : "HH:mm";
        string first = start.ToString("d MMM yyyy, " + clock, CultureInfo.InvariantCulture);
        string last = end.ToString(start.Date == end.Date ? clock : "d MMM yyyy, " + clock, CultureInfo.InvariantCulture);
        return $"{first} – {last} UTC";
    }

    /// <summary>A length of time: <c>1m 45s</c>, <c>250 ms</c>.</summary>
    public static string Duration(TimeSpan span) => Format(span.TotalSeconds, "s");

    /// <summary>A number to so many significant digits, grouped by thousands, without trailing zeros or exponent.</summary>
    internal static string Number(double magnitude, int digits, string suffix)
    {
        double rounded = Round(magnitude, digits);
        if (rounded == 0) return "0" + suffix;
        if (rounded < 1e-6 || rounded >= 1e18) return Power(magnitude, digits, suffix);
        if (rounded < 1e6) return Plain(magnitude, digits) + suffix;
        int step = Math.Min((int)(Math.Log10(rounded) / 3), NumberSteps.Length - 1);
        return $"{Plain(magnitude / Math.Pow(1000, step), digits)}{NumberSteps[step]}{suffix}";
    }

    /// <summary>Rounds to so many significant digits.</summary>
    internal static double Round(double value, int digits) =>
        double.Parse(value.ToString("E" + (digits - 1), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Between(string low, string high, string between = " to ")
    {
        if (low == high && between == " to ") return low;
        int space = low.IndexOf(' ', StringComparison.Ordinal);
        bool shared = space > 0 && low.AsSpan(space).SequenceEqual(high.AsSpan(Math.Max(0, high.IndexOf(' ', StringComparison.Ordinal))));
        // 1m 45s has a space too, but no unit to share.
        return shared && !char.IsAsciiDigit(low[space + 1]) ? $"{low[..space]}{between}{high}" : $"{low}{between}{high}";
    }

    private static bool LooksEqual(double? value, string? unit, string text, int digits, ReadOnlySpan<double?> others)
    {
        foreach (double? other in others)
            if (other is { } o && value is { } v && o != v && double.IsFinite(o) && Format(o, unit, digits) == text)
                return true;
        return false;
    }

    // What a person wrote in a file is shown in full, however many digits it has.
    private static string Exact(double value, string? unit) => Format(value, unit, MostDigits);

    private static string Time(double seconds, int digits)
    {
        double rounded = Round(seconds, digits);
        if (rounded == 0) return "0 s";
        // Minutes have no decimals, so asking for more digits means seconds.
        if (rounded >= 60 && (digits <= 3 || IsWhole(seconds))) return LongTime(seconds, digits);
        foreach (var (from, name) in TimeSteps)
            if (rounded >= from)
                return Plain(seconds / from, digits) + " " + name;
        return rounded < 1e-12 ? "< 0.001 ns" : Plain(seconds / 1e-9, digits) + " ns";
    }

    private static string LongTime(double seconds, int digits)
    {
        double minutes = Math.Round(seconds / 60), hours = Math.Round(seconds / 3600);
        if (Math.Round(seconds) < 3600) return Two(Math.Round(seconds), 60, "m", "s");
        if (minutes < 1440) return Two(minutes, 60, "h", "m");
        return hours < 24_000 ? Two(hours, 24, "d", "h") : Number(seconds / 86400, digits, " d");
    }

    private static string Two(double smaller, int size, string large, string small)
    {
        var (whole, rest) = Math.DivRem((long)smaller, size);
        return rest == 0 ? $"{whole}{large}" : $"{whole}{large} {rest}{small}";
    }

    private static string Bytes(double bytes, int digits)
    {
        double scaled = bytes;
        int step = 0;
        while (step < ByteSteps.Length - 1 && Round(scaled, Math.Max(digits, 4)) >= 1024)
        {
            scaled /= 1024;
            step++;
        }
        return scaled >= 1e6 ? Power(scaled, digits, " " + ByteSteps[step]) : Plain(scaled, digits) + " " + ByteSteps[step];
    }

    /// <summary>Near 100 the distance to 100 is what matters, so that 99.95 does not become 100.</summary>
    private static string Percent(double percent, int digits)
    {
        double missing = 100 - percent;
        if (missing is > 0 and < 1)
        {
            int decimals = Math.Min(15, digits - 2 - (int)Math.Floor(Math.Log10(missing)));
            return Trim(percent.ToString("F" + Math.Max(1, decimals), CultureInfo.InvariantCulture));
        }
        return Number(percent, digits, "");
    }

    private static string Plain(double magnitude, int digits)
    {
        double rounded = Round(magnitude, digits);
        if (rounded == 0) return "0";
        int decimals = Math.Clamp(digits - 1 - (int)Math.Floor(Math.Log10(rounded)), 0, 15);
        return Trim(magnitude.ToString("N" + decimals, CultureInfo.InvariantCulture));
    }

    private static string Power(double magnitude, int digits, string suffix)
    {
        string[] parts = magnitude.ToString("E" + (digits - 1), CultureInfo.InvariantCulture).Split('E');
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return $"{Trim(parts[0])}×10{Superscript(exponent)}{suffix}";
    }

    internal static string Superscript(int exponent) => string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));

    private static bool IsWhole(double value) => value == Math.Floor(value);

    private static double RoundTo(double value, int decimals) => Math.Abs(value) < 1e15 ? Math.Round(value, decimals, MidpointRounding.AwayFromZero) : value;

    private static string Trim(string digits) => digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits;
}
