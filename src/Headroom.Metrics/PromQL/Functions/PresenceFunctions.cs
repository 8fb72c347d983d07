using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary><c>absent</c>, <c>absent_over_time</c> and <c>timestamp</c>: whether and when there were samples.</summary>
internal static class PresenceFunctions
{
    public static IEnumerable<(string Name, VectorFunction Function)> All =>
    [
        ("absent", static (evaluator, call) => Absent(evaluator, call, evaluator.Vector(call.Arguments[0]))),
        ("absent_over_time", static (evaluator, call) =>
            Absent(evaluator, call, evaluator.Slide(evaluator.Range(call.Arguments[0]), new SamplesOverTime("present_over_time"), keepName: true))),
        ("timestamp", Timestamp),
    ];

    private static Vector Absent(Evaluator evaluator, CallExpr call, Vector vector)
    {
        int count = evaluator.Steps.Count;
        var result = evaluator.Context.Rent(0, count);
        result.Has.AsSpan(0, count).Fill(true);
        result.Values.AsSpan(0, count).Fill(1);
        foreach (var series in vector.Series)
        {
            if (series.Take() is not { } column) continue;
            for (int step = column.Start; step < column.End; step++)
                if (column.At(step)) result.Has[step] = false;
            evaluator.Context.Return(column);
        }
        return new Vector([new ReadySeries(LabelsOf(call.Arguments[0]), result)]);
    }

    /// <summary>What a selector says about its labels: those it pins to one value, once.</summary>
    private static Labels LabelsOf(Expr expr)
    {
        var selector = expr.Unwrap() switch
        {
            VectorSelector vector => vector,
            MatrixSelector matrix => matrix.Selector,
            _ => null,
        };
        if (selector is null) return Labels.Empty;
        var pinned = new Dictionary<string, string>(StringComparer.Ordinal);
        var several = new HashSet<string>(StringComparer.Ordinal);
        foreach (var matcher in selector.Matchers)
        {
            if (matcher.Name == Labels.MetricName) continue;
            if (matcher.Kind != MatchKind.Equal || !pinned.TryAdd(matcher.Name, matcher.Value)) several.Add(matcher.Name);
        }
        return Labels.From([.. pinned.Where(p => !several.Contains(p.Key)).Select(p => new Label(p.Key, p.Value))]);
    }

    private static Vector Timestamp(Evaluator evaluator, CallExpr call)
    {
        bool direct = call.Arguments[0].Unwrap() is VectorSelector { Mode: RangeMode.Plain };
        var vector = direct ? evaluator.SelectTimes((VectorSelector)call.Arguments[0].Unwrap()) : evaluator.Vector(call.Arguments[0]);
        return evaluator.MapDroppingName(vector, column =>
        {
            if (direct) return;
            column.Histograms = null;
            for (int i = 0; i < column.Length; i++) column.Values[i] = evaluator.Steps[column.Start + i] / 1000.0;
        });
    }
}
