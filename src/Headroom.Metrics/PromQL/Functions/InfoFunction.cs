using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>
/// <c>info</c>: adds to each series the labels of the info metrics (by default <c>target_info</c>) with the same
/// <c>instance</c> and <c>job</c>. Of several info series the one with the newest sample counts.
/// </summary>
internal static class InfoFunction
{
    private static readonly string[] Identifying = ["instance", "job"];

    private sealed record Source(Labels Labels, Column Times);

    public static Vector Apply(Evaluator evaluator, CallExpr call)
    {
        var matchers = call.Arguments.Count > 1 ? ((VectorSelector)call.Arguments[1].Unwrap()).Matchers : [];
        List<LabelMatcher> names = [.. matchers.Where(m => m.Name == Labels.MetricName)];
        List<LabelMatcher> data = [.. matchers.Where(m => m.Name != Labels.MetricName)];
        if (names.Count == 0) names.Add(new LabelMatcher(MatchKind.Equal, Labels.MetricName, "target_info"));
        else if (names.TrueForAll(m => m.Kind is MatchKind.NotEqual or MatchKind.NotRegex))
            names.Insert(0, new LabelMatcher(MatchKind.Regex, Labels.MetricName, ".+_info"));

        var vector = evaluator.Vector(call.Arguments[0]);
        var sources = Sources(evaluator, call.Span, [.. names, .. data]);
        bool required = data.Exists(m => !m.Matches(""));
        string[] wanted = [.. data.Select(m => m.Name).Distinct()];

        var results = new Dictionary<Labels, Column>();
        var order = new List<(Labels Labels, bool Pending)>();
        var unchanged = new List<Series>();
        foreach (var series in vector.Series)
        {
            evaluator.Context.Check();
            if (series.Take() is not { } column) continue;
            if (LabelMatcher.AllMatch(names, series.Labels))
            {
                unchanged.Add(new ReadySeries(series.Labels, column, series.NamePending));
                continue;
            }
            sources.TryGetValue(Key(series.Labels), out var candidates);
            for (int step = column.Start; step < column.End; step++)
            {
                if (!column.At(step)) continue;
                var labels = Enrich(series.Labels, candidates, step, wanted, required);
                if (labels is null) continue;
                if (!results.TryGetValue(labels, out var into))
                {
                    results.Add(labels, into = evaluator.Context.Rent(0, evaluator.Steps.Count));
                    order.Add((labels, series.NamePending));
                }
                if (into.At(step)) throw QueryContext.SameLabelset();
                if (column.HistogramAt(step) is { } histogram) into.Set(step, histogram);
                else into.Set(step, column.ValueAt(step));
            }
            evaluator.Context.Return(column);
        }
        return evaluator.Distinct(new Vector([.. unchanged, .. order.Select(o => new ReadySeries(o.Labels, results[o.Labels], o.Pending))]));
    }

    private static Labels Key(Labels labels) => labels.Without(static name => Array.IndexOf(Identifying, name) < 0);

    private static Dictionary<Labels, List<Source>> Sources(Evaluator evaluator, Span place, List<LabelMatcher> matchers)
    {
        var sources = new Dictionary<Labels, List<Source>>();
        foreach (var series in evaluator.SelectTimes(new VectorSelector(place, "", matchers, default)).Series)
        {
            if (series.Take() is not { } column) continue;
            var key = Key(series.Labels);
            if (!sources.TryGetValue(key, out var list)) sources.Add(key, list = []);
            list.Add(new Source(series.Labels, column));
        }
        return sources;
    }

    // Null when labels are required and there are none to be had.
    private static Labels? Enrich(Labels labels, List<Source>? candidates, int step, string[] wanted, bool required)
    {
        var newest = new Dictionary<string, Source>(StringComparer.Ordinal);
        foreach (var source in candidates ?? [])
        {
            if (!source.Times.At(step)) continue;
            if (!newest.TryGetValue(source.Labels.Name, out var other) || source.Times.ValueAt(step) > other.Times.ValueAt(step)) newest[source.Labels.Name] = source;
            else if (source.Times.ValueAt(step) == other.Times.ValueAt(step))
                throw QueryContext.Failed($"found duplicate series for info metric: existing {other.Labels}, new {source.Labels}");
        }
        if (newest.Count == 0) return required ? null : labels;
        var added = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in newest.Values)
        {
            foreach (var (name, value) in source.Labels)
            {
                if (name == Labels.MetricName || Array.IndexOf(Identifying, name) >= 0 || labels[name].Length > 0) continue;
                if (wanted.Length > 0 && Array.IndexOf(wanted, name) < 0) continue;
                if (!added.TryAdd(name, value) && added[name] != value) throw QueryContext.Failed($"conflicting label: {name}");
            }
        }
        foreach (var (name, value) in added) labels = labels.With(name, value);
        return labels;
    }
}
