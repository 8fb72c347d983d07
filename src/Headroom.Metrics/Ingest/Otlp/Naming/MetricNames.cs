using System.Collections.Frozen;
using System.Text;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// A metric's name as Prometheus writes it by default (translation strategy <c>UnderscoreEscapingWithSuffixes</c>): what is
/// not a letter, digit or colon parts words, which are joined by single underscores; the unit follows in words unless it
/// is among them already; then <c>total</c> for a monotonic sum, <c>ratio</c> for a gauge of unit 1. Source: OpenTelemetry
/// specification, "Prometheus and OpenMetrics compatibility", and the behaviour of Prometheus 3.
/// </summary>
internal static class MetricNames
{
    private static readonly FrozenDictionary<string, string> Units = new Dictionary<string, string>
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams",
        ["Cel"] = "celsius", ["Hz"] = "hertz", ["1"] = "", ["%"] = "percent",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> PerUnits = new Dictionary<string, string>
    {
        ["s"] = "second", ["m"] = "minute", ["h"] = "hour", ["d"] = "day", ["w"] = "week", ["mo"] = "month", ["y"] = "year",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name; empty when nothing of the original can stand in one.</summary>
    /// <param name="name">OpenTelemetry's name, for example <c>http.server.request.duration</c>.</param>
    /// <param name="unit">Its unit (UCUM), for example <c>s</c> or <c>By/s</c>.</param>
    /// <param name="isCounter">Whether it is a monotonic sum.</param>
    /// <param name="isGauge">Whether it is a gauge.</param>
    public static string Translate(string name, string unit, bool isCounter, bool isGauge)
    {
        var words = Words(name);
        var (main, per) = UnitSuffixes(unit);
        if (words.Contains(main)) main = "";
        per = per.TrimEnd('_');
        if (per == "per" || words.Contains(per)) per = "";
        if (per.Length > 0) main = main.TrimEnd('_');
        if (main.Length > 0) words.Add(main);
        if (per.Length > 0) words.Add(per);
        if (isCounter) MoveToEnd(words, "total");
        if (isGauge && unit == "1") MoveToEnd(words, "ratio");
        string joined = string.Join('_', words);
        return joined.Length > 0 && char.IsAsciiDigit(joined[0]) ? "_" + joined : joined;
    }

    private static List<string> Words(string name)
    {
        var words = new List<string>();
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            if (i < name.Length && IsOfName(name[i])) continue;
            if (i > start) words.Add(name[start..i]);
            start = i + 1;
        }
        return words;
    }

    private static (string Main, string Per) UnitSuffixes(string unit)
    {
        int slash = unit.IndexOf('/', StringComparison.Ordinal);
        string main = (slash < 0 ? unit : unit[..slash]).Trim();
        string per = slash < 0 ? "" : unit[(slash + 1)..].Trim();
        // What stands in braces is a note for people ("{request}") and no unit.
        main = IsNote(main) ? "" : Units.GetValueOrDefault(main, main);
        per = per.Length == 0 || IsNote(per) ? "" : "per_" + PerUnits.GetValueOrDefault(per, per);
        return (Clean(main), Clean(per));
    }

    private static bool IsNote(string unit) => unit.AsSpan().ContainsAny('{', '}');

    private static string Clean(string unit)
    {
        var clean = new StringBuilder(unit.Length);
        foreach (char c in unit)
        {
            if (IsOfName(c)) clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != '_') clean.Append('_');
        }
        return clean.ToString();
    }

    private static void MoveToEnd(List<string> words, string word)
    {
        words.RemoveAll(other => other == word);
        words.Add(word);
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c == ':';
}
