using System.Globalization;
using System.Text;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Tests.PromQL.Notation;

/// <summary>
/// Runs a small script: <c>load 5m</c> with series below it, then any of <c>at 50m EXPR</c> and
/// <c>from 0 to 10m step 5m EXPR</c> with the expected series below. A scalar or text result is one line without
/// labels. <c>ordered</c> before a case makes the order count. Below a case, <c>warn</c>, <c>info</c> or <c>fail</c> and a
/// text ask for an annotation or error that holds it; annotations that nothing asks for fail the case.
/// </summary>
internal static class Script
{
    public static void Run(string script, PromqlOptions? options = null)
    {
        var source = new MemorySeriesSource();
        var engine = new PromqlEngine(source, options ?? new PromqlOptions { Features = PromqlFeatures.AllSyntax });
        var problems = new StringBuilder();
        string[] lines = script.Split('\n');
        int cases = 0;
        for (int i = 0; i < lines.Length;)
        {
            string line = lines[i].TrimEnd();
            int block = i + 1;
            while (block < lines.Length && (lines[block].StartsWith(' ') || lines[block].Trim().Length == 0)) block++;
            string[] below = [.. lines[(i + 1)..block].Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')];
            if (line.StartsWith("load ", StringComparison.Ordinal)) Load(source, Milliseconds(line[5..].Trim()), below);
            else if (line.Length > 0 && line[0] != '#')
            {
                cases++;
                string? problem = Case(engine, line, below);
                if (problem is not null) problems.Append(CultureInfo.InvariantCulture, $"line {i + 1}: {line}\n{problem}\n");
            }
            i = block;
        }
        Assert.True(cases > 0, "the script has no case");
        Assert.True(problems.Length == 0, "\n" + problems);
    }

    private static void Load(MemorySeriesSource source, long interval, string[] lines)
    {
        foreach (string line in lines)
        {
            var (labels, values) = SeriesNotation.Parse(line);
            for (int i = 0; i < values.Count; i++)
            {
                if (values[i].Missing) continue;
                if (values[i].Histogram is { } histogram) source.Add(labels, i * interval, histogram);
                else source.Add(labels, i * interval, values[i].Float);
            }
        }
    }

    private static long Milliseconds(string text)
    {
        bool negative = text.StartsWith('-');
        text = text.TrimStart('-');
        long value = NumberSyntax.TryParseDuration(text, out long ms) ? ms : (long)(SeriesNotation.Number(text) * 1000);
        return negative ? -value : value;
    }

    private static string? Case(PromqlEngine engine, string line, string[] below)
    {
        bool ordered = line.StartsWith("ordered ", StringComparison.Ordinal);
        if (ordered) line = line[8..];
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool range = words[0] == "from";
        string expression = range ? After(line, 6) : After(line, 2);
        var expected = below.Where(l => !IsDirective(l)).ToList();
        try
        {
            var result = range
                ? engine.Range(expression, Milliseconds(words[1]), Milliseconds(words[3]), Milliseconds(words[5]))
                : engine.Instant(expression, Milliseconds(words[1]));
            if (below.FirstOrDefault(l => l.StartsWith("fail", StringComparison.Ordinal)) is { } fail) return $"  expected to fail: {fail}";
            return Annotations("warn", result.Warnings, below) ?? Annotations("info", result.Infos, below)
                ?? Compare(result.Value, expected, ordered, range, range ? Milliseconds(words[1]) : 0, range ? Milliseconds(words[5]) : 1, range ? Milliseconds(words[3]) : 0);
        }
        catch (PromqlException e)
        {
            string? fail = below.FirstOrDefault(l => l.StartsWith("fail", StringComparison.Ordinal));
            if (fail is not null && e.Message.Contains(fail[4..].Trim(), StringComparison.Ordinal)) return null;
            return $"  failed: {e.Message}";
        }
    }

    private static bool IsDirective(string line) =>
        line.StartsWith("warn ", StringComparison.Ordinal) || line.StartsWith("info ", StringComparison.Ordinal) || line.StartsWith("fail", StringComparison.Ordinal);

    private static string After(string line, int words)
    {
        int at = 0;
        for (int i = 0; i < words; i++)
        {
            at = line.IndexOf(' ', at);
            while (line[at] == ' ') at++;
        }
        return line[at..];
    }

    private static string? Annotations(string kind, IReadOnlyList<string> found, string[] below)
    {
        var asked = below.Where(l => l.StartsWith(kind + " ", StringComparison.Ordinal)).Select(l => l[(kind.Length + 1)..]).ToList();
        foreach (string text in asked)
            if (!found.Any(f => f.Contains(text, StringComparison.Ordinal))) return $"  no {kind} with: {text}\n  but: {string.Join("; ", found)}";
        var extra = found.FirstOrDefault(f => !asked.Any(a => f.Contains(a, StringComparison.Ordinal)));
        return extra is null ? null : $"  unexpected {kind}: {extra}";
    }

    private static string? Compare(QueryValue value, List<string> expected, bool ordered, bool range, long start, long step, long end)
    {
        var got = new List<(Labels Labels, List<SeriesNotation.Value> Values)>();
        switch (value)
        {
            case ScalarValue scalar: got.Add((Labels.Empty, [new(scalar.Value, null, false)])); break;
            case StringValue text: return expected.Count == 1 && expected[0] == text.Value ? null : $"  got: {text.Value}";
            case VectorValue vector: got.AddRange(vector.Samples.Select(s => (s.Labels, new List<SeriesNotation.Value> { new(s.Value, s.Histogram, false) }))); break;
            case MatrixValue matrix: got.AddRange(matrix.Series.Select(s => (s.Labels, OnSteps(s, range, start, step, end)))); break;
        }
        var want = expected.Select(l => char.IsDigit(l[0]) || l[0] is '-' or '+' || l.StartsWith("NaN", StringComparison.Ordinal) || l.StartsWith("Inf", StringComparison.Ordinal)
            ? (Labels.Empty, SeriesNotation.ParseValues(l)) : SeriesNotation.Parse(l)).ToList();
        if (range)
            foreach (var (_, values) in want)
                while (values.Count < got.Select(g => g.Item2.Count).DefaultIfEmpty(0).Max()) values.Add(SeriesNotation.Gap);
        string described = "  got:\n" + string.Join("\n", got.Select(g => $"    {g.Labels} {string.Join(" ", g.Values.Select(Show))}"));
        if (want.Count != got.Count) return $"  expected {want.Count} series\n{described}";
        for (int i = 0; i < want.Count; i++)
        {
            int at = ordered ? i : got.FindIndex(g => g.Labels.Equals(want[i].Item1));
            if (at < 0 || !got[at].Labels.Equals(want[i].Item1)) return $"  expected {want[i].Item1}{(ordered ? $" at position {i}" : "")}\n{described}";
            if (got[at].Values.Count != want[i].Item2.Count) return $"  expected {want[i].Item2.Count} values of {want[i].Item1}\n{described}";
            for (int k = 0; k < want[i].Item2.Count; k++)
                if (!Same(want[i].Item2[k], got[at].Values[k])) return $"  value {k} of {want[i].Item1}: expected {Show(want[i].Item2[k])}, got {Show(got[at].Values[k])}\n{described}";
        }
        return null;
    }

    private static List<SeriesNotation.Value> OnSteps(MatrixSeries series, bool range, long start, long step, long end)
    {
        if (!range) return [.. series.Points.Select(p => new SeriesNotation.Value(p.Value, p.Histogram, false))];
        var values = new List<SeriesNotation.Value>();
        int next = 0;
        for (long time = start; time <= end; time += step)
        {
            if (next < series.Points.Count && series.Points[next].Time == time)
            {
                values.Add(new SeriesNotation.Value(series.Points[next].Value, series.Points[next].Histogram, false));
                next++;
            }
            else values.Add(SeriesNotation.Gap);
        }
        return values;
    }

    private static string Show(SeriesNotation.Value value) =>
        value.Missing ? "_" : value.Histogram is { } h ? Show(h) : value.Float.ToString("R", CultureInfo.InvariantCulture);

    private static string Show(Histogram h) =>
        $"{HistogramText.Write(h)}@{h.Scale}/{h.Reset}{(h.CustomBounds is null ? "" : "[" + string.Join(' ', h.CustomBounds) + "]")}";

    private static bool Same(SeriesNotation.Value want, SeriesNotation.Value got)
    {
        if (want.Missing || got.Missing) return want.Missing == got.Missing;
        if (want.Histogram is null || got.Histogram is null) return want.Histogram is null && got.Histogram is null && Close(want.Float, got.Float);
        var (a, b) = (want.Histogram.Compact(), got.Histogram.Compact());
        return a.Scale == b.Scale && Close(a.Count, b.Count) && Close(a.Sum, b.Sum) && Close(a.ZeroCount, b.ZeroCount) && Close(a.ZeroThreshold, b.ZeroThreshold)
            && HistogramShape.SameBounds(a.CustomBounds, b.CustomBounds)
            && a.Positive.Indexes.SequenceEqual(b.Positive.Indexes) && a.Positive.Counts.Zip(b.Positive.Counts).All(p => Close(p.First, p.Second))
            && a.Negative.Indexes.SequenceEqual(b.Negative.Indexes) && a.Negative.Counts.Zip(b.Negative.Counts).All(p => Close(p.First, p.Second));
    }

    public static bool Close(double want, double got)
    {
        if (double.IsNaN(want) || double.IsNaN(got)) return double.IsNaN(want) && double.IsNaN(got);
        return want == got || Math.Abs(want - got) <= 1e-9 * Math.Max(Math.Abs(want), Math.Abs(got)) || Math.Abs(want - got) < 1e-300;
    }
}
