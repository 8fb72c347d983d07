using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Functions that order a vector. They matter at a single instant only: a range query's result is ordered by labels.</summary>
internal static class SortFunctions
{
    public static IEnumerable<(string Name, VectorFunction Function)> All =>
    [
        ("sort", (evaluator, call) => ByValue(evaluator, call, descending: false)),
        ("sort_desc", (evaluator, call) => ByValue(evaluator, call, descending: true)),
        ("sort_by_label", (evaluator, call) => ByLabels(evaluator, call, descending: false)),
        ("sort_by_label_desc", (evaluator, call) => ByLabels(evaluator, call, descending: true)),
    ];

    private static Vector ByValue(Evaluator evaluator, CallExpr call, bool descending)
    {
        var vector = evaluator.Vector(call.Arguments[0]);
        bool instant = Instant(evaluator, call);
        var ready = new List<(Series Series, double Value)>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            if (series.Take() is not { } column) continue;
            MathFunctions.DropHistograms(column);
            if (column.IsEmpty) evaluator.Context.Return(column);
            else ready.Add((new ReadySeries(series.Labels, column, series.NamePending), instant ? column.ValueAt(0) : 0));
        }
        if (!instant) return new Vector([.. ready.Select(r => r.Series)]);
        // NaN comes last either way.
        var numbers = ready.Where(r => !double.IsNaN(r.Value));
        numbers = descending ? numbers.OrderByDescending(r => r.Value) : numbers.OrderBy(r => r.Value);
        return new Vector([.. numbers.Concat(ready.Where(r => double.IsNaN(r.Value))).Select(r => r.Series)], Ordered: true);
    }

    private static Vector ByLabels(Evaluator evaluator, CallExpr call, bool descending)
    {
        var vector = evaluator.Vector(call.Arguments[0]);
        if (!Instant(evaluator, call)) return vector;
        string[] names = [.. call.Arguments.Skip(1).Select(Evaluator.Text)];
        var sorted = vector.Series.ToList();
        sorted.Sort((a, b) =>
        {
            foreach (string name in names)
            {
                int order = Natural(a.Labels[name], b.Labels[name]);
                if (order != 0) return descending ? -order : order;
            }
            int rest = a.Labels.CompareTo(b.Labels);
            return descending ? -rest : rest;
        });
        return vector with { Series = sorted, Ordered = true };
    }

    private static bool Instant(Evaluator evaluator, CallExpr call)
    {
        if (evaluator.Steps.Count == 1) return true;
        evaluator.Context.Annotations.SortInRangeQuery(call.Span);
        return false;
    }

    /// <summary>Compares texts with runs of digits by their numeric value: <c>a2</c> before <c>a10</c>.</summary>
    public static int Natural(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                int startA = i, startB = j;
                while (i < a.Length && char.IsAsciiDigit(a[i])) i++;
                while (j < b.Length && char.IsAsciiDigit(b[j])) j++;
                var left = a.AsSpan(startA, i - startA).TrimStart('0');
                var right = b.AsSpan(startB, j - startB).TrimStart('0');
                int byNumber = left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
                if (byNumber != 0) return byNumber;
                // Equal numbers: the one written with fewer zeros first.
                if (i - startA != j - startB) return (i - startA).CompareTo(j - startB);
                continue;
            }
            if (a[i] != b[j]) return a[i].CompareTo(b[j]);
            i++;
            j++;
        }
        return (a.Length - i).CompareTo(b.Length - j);
    }
}
