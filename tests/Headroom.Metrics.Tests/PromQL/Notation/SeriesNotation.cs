using System.Globalization;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.PromQL.Notation;

/// <summary>
/// The field's short form of a series: <c>1 2 3</c>, <c>0+10x5</c> (six values rising by 10), <c>7x3</c> (four times 7),
/// <c>_</c> and <c>_x3</c> (no sample), <c>stale</c>, <c>NaN</c>, <c>Inf</c>, and histograms such as
/// <c>{{schema:0 count:4 sum:5 buckets:[1 2 1]}}</c>, which take <c>x</c> and <c>+</c> too.
/// </summary>
internal static class SeriesNotation
{
    public readonly record struct Value(double Float, Histogram? Histogram, bool Missing);

    public static readonly Value Gap = new(0, null, true);

    /// <summary>Splits <c>name{labels} values</c>.</summary>
    public static (Labels Labels, List<Value> Values) Parse(string line)
    {
        int at = 0;
        var labels = ParseLabels(line, ref at);
        return (labels, ParseValues(line[at..]));
    }

    public static Labels ParseLabels(string line, ref int at)
    {
        int start = at, depth = 0;
        bool quoted = false;
        while (at < line.Length)
        {
            char c = line[at];
            if (c == '"' && line[at - 1] != '\\') quoted = !quoted;
            else if (!quoted && c == '{' && at + 1 < line.Length && line[at + 1] == '{') break;
            else if (!quoted && c == '{') depth++;
            else if (!quoted && c == '}') depth--;
            else if (!quoted && depth == 0 && c == ' ') break;
            at++;
        }
        string text = line[start..at].Trim();
        if (text is "" or "{}") return Labels.Empty;
        return Labels.From([.. PromqlSyntax.ParseSelector(text).Select(m => new Label(m.Name, m.Value))]);
    }

    public static List<Value> ParseValues(string text)
    {
        var values = new List<Value>();
        foreach (string token in Tokens(text)) Expand(token, values);
        return values;
    }

    private static IEnumerable<string> Tokens(string text)
    {
        int start = -1, depth = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ' ';
            if (c == '{') depth++;
            if (c == '}') depth--;
            if (depth == 0 && c == ' ')
            {
                if (start >= 0) yield return text[start..i];
                start = -1;
            }
            else if (start < 0) start = i;
        }
    }

    private static void Expand(string token, List<Value> values)
    {
        int times = 0;
        bool repeated = false;
        int x = token.LastIndexOf('x');
        if (x > 0 && !token.AsSpan(x).Contains('}') && int.TryParse(token.AsSpan(x + 1), out times))
        {
            token = token[..x];
            repeated = true;
        }
        if (token == "_")
        {
            for (int i = 0; i < Math.Max(1, times); i++) values.Add(Gap);
            return;
        }
        if (token == "stale")
        {
            for (int i = 0; i < (repeated ? times + 1 : 1); i++) values.Add(new Value(StaleMarker.Value, null, false));
            return;
        }
        if (token.StartsWith("{{", StringComparison.Ordinal))
        {
            int end = token.IndexOf("}}", StringComparison.Ordinal) + 2;
            var first = HistogramNotation.Parse(token[..end]);
            Histogram? step = token.Length > end ? HistogramNotation.Parse(token[(end + 1)..]) : null;
            bool minus = token.Length > end && token[end] == '-';
            var current = first;
            values.Add(new Value(0, current, false));
            for (int i = 0; i < times; i++)
            {
                if (step is not null)
                    current = (minus
                        ? Metrics.PromQL.Histograms.HistogramArithmetic.Subtract(current, step, out _)
                        : Metrics.PromQL.Histograms.HistogramArithmetic.Add(current, step, out _))!;
                values.Add(new Value(0, current, false));
            }
            return;
        }
        int sign = token.IndexOfAny(['+', '-'], 1);
        while (sign > 0 && token[sign - 1] is 'e' or 'E') sign = token.IndexOfAny(['+', '-'], sign + 1);
        double start = Number(sign > 0 ? token[..sign] : token);
        double by = sign > 0 ? Number(token[sign..]) : 0;
        values.Add(new Value(start, null, false));
        for (int i = 0; i < times; i++)
        {
            start += by;
            values.Add(new Value(start, null, false));
        }
    }

    public static double Number(string text) => text.ToLowerInvariant() switch
    {
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
