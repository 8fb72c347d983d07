using System.Globalization;
using Headroom.Metrics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Alarms.Testing;

/// <summary>
/// Series as promtool's test files write them: <c>1 2 3</c>, <c>0+10x5</c> (six values rising by 10), <c>10-1x3</c>, <c>7x3</c> (four times 7), <c>_</c> and
/// <c>_x3</c> (no sample), <c>stale</c>, <c>NaN</c>, <c>Inf</c>, and native histograms <c>{{schema:0 count:4 sum:5 buckets:[1 2 1]}}</c>, which
/// take <c>x</c> and <c>+</c> too (Prometheus documentation, "Unit testing for rules").
/// </summary>
public static class SeriesNotation
{
    /// <summary>Most values of one series.</summary>
    public const int MostValues = 1_000_000;

    /// <summary>Reads the labels of a series: <c>up{job="x"}</c>.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static Labels Series(string text)
    {
        try
        {
            var matchers = PromqlSyntax.ParseSelector(text.Trim());
            return matchers.All(m => m.Kind == MatchKind.Equal)
                ? Labels.From([.. matchers.Select(m => new Label(m.Name, m.Value))])
                : throw new FormatException("a series has labels with =, not a selector");
        }
        catch (Exception error) when (error is PromqlException or ArgumentException)
        {
            throw new FormatException(error.Message);
        }
    }

    /// <summary>Adds the values of a series to a source, the first at time 0.</summary>
    /// <param name="values">The notation.</param>
    /// <param name="labels">The series.</param>
    /// <param name="intervalMs">Distance of two values, milliseconds.</param>
    /// <param name="into">Receives the samples.</param>
    /// <exception cref="FormatException">The notation cannot be read; the message names the item.</exception>
    public static void Load(string values, Labels labels, long intervalMs, MemorySeriesSource into)
    {
        int at = 0;
        foreach (string item in Items(values))
        {
            var (first, step, histogram, histogramStep, times) = Read(item);
            if (at + times >= MostValues) throw new FormatException($"the series has more than {MostValues:N0} values");
            for (int i = 0; i <= times; i++, at++)
            {
                if (histogram is not null)
                {
                    if (i > 0 && histogramStep is not null) histogram = Histogram.Merge(histogram, histogramStep);
                    into.Add(labels, at * intervalMs, histogram);
                }
                else if (first is { } start)
                {
                    // 10 times 0.1 added up is not 1; promtool adds up too.
                    into.Add(labels, at * intervalMs, i == 0 ? start : start += step);
                    first = start;
                }
            }
        }
    }

    private static IEnumerable<string> Items(string text)
    {
        int start = -1, depth = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ' ';
            if (c == '{') depth++;
            if (c == '}') depth--;
            if (depth <= 0 && char.IsWhiteSpace(c))
            {
                if (start >= 0) yield return text[start..i];
                start = -1;
            }
            else if (start < 0)
            {
                start = i;
            }
        }
        if (start >= 0) throw new FormatException($"'{Shortened(text[start..])}' is not closed");
    }

    // Times counts repetitions after the first value; gaps alone count from one.
    private static (double? First, double Step, Histogram? Histogram, Histogram? HistogramStep, int Times) Read(string item)
    {
        string body = item;
        int times = 0;
        int x = item.LastIndexOf('x');
        bool repeated = x > 0 && !item.AsSpan(x).Contains('}');
        if (repeated)
        {
            if (!int.TryParse(item.AsSpan(x + 1), NumberStyles.None, CultureInfo.InvariantCulture, out times)) throw Wrong(item);
            body = item[..x];
        }
        if (body == "_") return (null, 0, null, null, repeated ? times - 1 : 0);
        if (body == "stale") return (StaleMarker.Value, 0, null, null, times);
        if (body.StartsWith("{{", StringComparison.Ordinal))
        {
            int end = body.IndexOf("}}", StringComparison.Ordinal) + 2;
            if (end < 2) throw Wrong(item);
            if (end == body.Length) return (null, 0, HistogramNotation.Parse(body), null, times);
            if (body[end] != '+') throw new FormatException($"'{Shortened(item)}': a histogram can rise by another, with +, and nothing else");
            return (null, 0, HistogramNotation.Parse(body[..end]), HistogramNotation.Parse(body[(end + 1)..]), times);
        }
        int sign = body.IndexOfAny(['+', '-'], 1);
        while (sign > 0 && body[sign - 1] is 'e' or 'E') sign = body.IndexOfAny(['+', '-'], sign + 1);
        if (!TryNumber(sign > 0 ? body[..sign] : body, out double first)) throw Wrong(item);
        double step = 0;
        if (sign > 0 && (!repeated || !TryNumber(body[sign..], out step))) throw Wrong(item);
        return (first, step, null, null, times);
    }

    internal static bool TryNumber(string text, out double value)
    {
        value = text.ToLowerInvariant() switch { "inf" or "+inf" => double.PositiveInfinity, "-inf" => double.NegativeInfinity, "nan" => double.NaN, _ => 0 };
        return value != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static FormatException Wrong(string item) => new($"'{Shortened(item)}' is no value: write 1, 0+10x5, _x3, stale or {{{{schema:0 …}}}}");

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
