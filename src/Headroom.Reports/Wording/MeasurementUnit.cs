using System.Collections.Frozen;

namespace Headroom.Reports.Wording;

/// <summary>What a unit as written in headroom.yaml measures, and how many of the family's base units one of it is.</summary>
/// <param name="Kind">The family.</param>
/// <param name="Factor">Base units (seconds, bytes, percent) per unit.</param>
/// <param name="Suffix">What follows the number: for a rate its denominator, for anything unknown the unit itself.</param>
internal sealed record MeasurementUnit(UnitKind Kind, double Factor, string Suffix)
{
    // A unit stands beside every number; one longer than this is a sentence.
    private const int LongestUnit = 24;

    private static readonly MeasurementUnit None = new(UnitKind.Number, 1, "");

    private static readonly FrozenDictionary<string, (UnitKind Kind, double Factor)> Known = new Dictionary<string, (UnitKind, double)>
    {
        ["s"] = (UnitKind.Time, 1), ["sec"] = (UnitKind.Time, 1), ["second"] = (UnitKind.Time, 1), ["seconds"] = (UnitKind.Time, 1),
        ["ms"] = (UnitKind.Time, 1e-3), ["millisecond"] = (UnitKind.Time, 1e-3), ["milliseconds"] = (UnitKind.Time, 1e-3),
        ["us"] = (UnitKind.Time, 1e-6), ["µs"] = (UnitKind.Time, 1e-6), ["μs"] = (UnitKind.Time, 1e-6), ["microseconds"] = (UnitKind.Time, 1e-6),
        ["ns"] = (UnitKind.Time, 1e-9), ["nanoseconds"] = (UnitKind.Time, 1e-9),
        ["min"] = (UnitKind.Time, 60), ["minutes"] = (UnitKind.Time, 60), ["h"] = (UnitKind.Time, 3600), ["hours"] = (UnitKind.Time, 3600),
        ["d"] = (UnitKind.Time, 86400), ["days"] = (UnitKind.Time, 86400),
        ["By"] = (UnitKind.Bytes, 1), ["B"] = (UnitKind.Bytes, 1), ["byte"] = (UnitKind.Bytes, 1), ["bytes"] = (UnitKind.Bytes, 1),
        ["KiBy"] = (UnitKind.Bytes, 1024), ["KiB"] = (UnitKind.Bytes, 1024), ["kBy"] = (UnitKind.Bytes, 1e3), ["kB"] = (UnitKind.Bytes, 1e3), ["KB"] = (UnitKind.Bytes, 1e3),
        ["MiBy"] = (UnitKind.Bytes, 1048576), ["MiB"] = (UnitKind.Bytes, 1048576), ["MBy"] = (UnitKind.Bytes, 1e6), ["MB"] = (UnitKind.Bytes, 1e6),
        ["GiBy"] = (UnitKind.Bytes, 1073741824), ["GiB"] = (UnitKind.Bytes, 1073741824), ["GBy"] = (UnitKind.Bytes, 1e9), ["GB"] = (UnitKind.Bytes, 1e9),
        ["%"] = (UnitKind.Percent, 1), ["percent"] = (UnitKind.Percent, 1), ["ratio"] = (UnitKind.Percent, 100),
        ["$"] = (UnitKind.Money, 1), ["USD"] = (UnitKind.Money, 1), ["usd"] = (UnitKind.Money, 1),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a unit; one that is not known becomes the suffix of a plain number.</summary>
    public static MeasurementUnit Parse(string? unit)
    {
        string text = PlainText.Shorten(PlainText.OneLine(unit?.Trim() ?? ""), LongestUnit);
        if (text.Length == 0 || text == "1") return None;
        if (Known.TryGetValue(text, out var whole)) return new MeasurementUnit(whole.Kind, whole.Factor, "");
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            string per = text[slash..];
            if (slash == 0 || text[..slash] == "1") return new MeasurementUnit(UnitKind.Number, 1, per);
            // Only sizes keep their own scaling in a rate: 3 ms/s would read as a speed.
            if (Known.TryGetValue(text[..slash], out var rated) && rated.Kind == UnitKind.Bytes) return new MeasurementUnit(UnitKind.Bytes, rated.Factor, per);
        }
        // UCUM writes annotations in braces: {request}/s.
        return new MeasurementUnit(UnitKind.Number, 1, " " + text.Replace("{", "").Replace("}", ""));
    }
}

/// <summary>Families of units that are shown in their own way.</summary>
internal enum UnitKind
{
    Number,
    Time,
    Bytes,
    Percent,
    Money,
}
