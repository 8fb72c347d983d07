using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>The set operators: which elements there are on the other side decides, never their values.</summary>
internal sealed partial class Evaluator
{
    private Vector SetOperation(BinaryExpr binary)
    {
        var left = Vector(binary.Left);
        var right = Vector(binary.Right);
        if (binary.Op == TokenKind.Or) return Union(left, right, binary.Matching);

        // and: where the other side has the group; unless: where it has not.
        var present = Presence(right, binary.Matching, null);
        bool wanted = binary.Op == TokenKind.And;
        var results = new List<Series>(left.Series.Count);
        foreach (var series in left.Series)
        {
            present.TryGetValue(MatchKey(series.Labels, binary.Matching), out var there);
            if (there is null && wanted) continue;
            results.Add(there is null ? series : new LazySeries(series.Labels, () => Masked(series, there, wanted), series.NamePending));
        }
        return left with { Series = results };
    }

    private Vector Union(Vector left, Vector right, VectorMatching matching)
    {
        var ready = new List<Series>(left.Series.Count + right.Series.Count);
        var present = Presence(left, matching, ready);
        foreach (var series in right.Series)
        {
            present.TryGetValue(MatchKey(series.Labels, matching), out var there);
            ready.Add(there is null ? series : new LazySeries(series.Labels, () => Masked(series, there, wanted: false), series.NamePending));
        }
        return Merge(new Vector(ready, left.Ordered), QueryContext.SameLabelset);
    }

    /// <summary>For each group of matching labels the steps at which some element of it is there. Keeps the series when asked to.</summary>
    private Dictionary<Labels, bool[]> Presence(Vector vector, VectorMatching matching, List<Series>? ready)
    {
        var present = new Dictionary<Labels, bool[]>();
        foreach (var series in vector.Series)
        {
            if (series.Take() is not { } column) continue;
            var key = MatchKey(series.Labels, matching);
            if (!present.TryGetValue(key, out var any)) present.Add(key, any = new bool[steps.Count]);
            Mark(column, any);
            if (ready is null) context.Return(column);
            else ready.Add(new ReadySeries(series.Labels, column, series.NamePending));
        }
        return present;
    }

    private static Column? Masked(Series series, bool[] there, bool wanted)
    {
        var column = series.Take();
        if (column is null) return null;
        for (int i = 0; i < column.Length; i++) column.Has[i] &= there[column.Start + i] == wanted;
        return column;
    }
}
