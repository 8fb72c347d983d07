using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Functions;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Aggregations;

/// <summary><c>count_values</c>: how many elements of a group have each value; the value becomes a label.</summary>
internal sealed class ValueCounting(Evaluator evaluator, AggregateExpr expr)
{
    private readonly Dictionary<double, string> _texts = [];

    public Vector Apply(Vector inner)
    {
        string label = Evaluator.Text(expr.Parameter!);
        if (!LabelFunctions.IsLabelName(label)) throw QueryContext.Failed($"invalid label name {Quoting.Quote(label)}");
        var context = evaluator.Context;
        var results = new Dictionary<Labels, Column>();
        var order = new List<Labels>();
        foreach (var series in inner.Series)
        {
            context.Check();
            if (series.Take() is not { } column) continue;
            // The new label wins over one of the same name, also in the list of labels to group by.
            var key = Evaluator.GroupKey(expr, series.Labels);
            var perValue = new Dictionary<string, Column>(StringComparer.Ordinal);
            for (int step = column.Start; step < column.End; step++)
            {
                if (!column.At(step)) continue;
                string text = column.HistogramAt(step) is { } histogram ? HistogramText.Write(histogram) : Text(column.ValueAt(step));
                if (!perValue.TryGetValue(text, out var counts))
                {
                    var labels = key.With(label, text);
                    if (!results.TryGetValue(labels, out counts!))
                    {
                        results.Add(labels, counts = context.Rent(0, evaluator.Steps.Count));
                        order.Add(labels);
                    }
                    perValue.Add(text, counts);
                }
                counts.Set(step, counts.At(step) ? counts.ValueAt(step) + 1 : 1);
            }
            context.Return(column);
        }
        return new Vector([.. order.Select(labels => new ReadySeries(labels, results[labels]))]);
    }

    private string Text(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (value == 0 && double.IsNegative(value)) return "-0";
        if (!_texts.TryGetValue(value, out string? text)) _texts.Add(value, text = GoFloat.Plain(value));
        return text;
    }
}
