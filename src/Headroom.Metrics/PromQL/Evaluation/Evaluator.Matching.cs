using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// Operators between two vectors. Elements find each other by their matching labels, which are worked out once per
/// series; then each pair is combined over all steps.
/// </summary>
internal sealed partial class Evaluator
{
    /// <summary>Elements of both sides with the same matching labels.</summary>
    private sealed class MatchGroup(Labels key)
    {
        public Labels Key { get; } = key;

        public List<Series> Many { get; } = [];

        public List<(Labels Labels, Column Column)> One { get; } = [];

        /// <summary>Steps at which a one-to-one match was made; only kept when two could be.</summary>
        public bool[]? Matched { get; set; }
    }

    private Vector Match(BinaryExpr binary)
    {
        var matching = binary.Matching;
        bool oneIsLeft = matching.Cardinality == Cardinality.OneToMany;
        var left = Vector(binary.Left);
        var right = Vector(binary.Right);
        var (many, one) = oneIsLeft ? (right, left) : (left, right);

        // 1. Group both sides. The side that must be unique is computed, the other one streams.
        var groups = new Dictionary<Labels, MatchGroup>();
        var order = new List<MatchGroup>();
        MatchGroup GroupOf(Labels labels)
        {
            var key = MatchKey(labels, matching);
            if (groups.TryGetValue(key, out var group)) return group;
            groups.Add(key, group = new MatchGroup(key));
            order.Add(group);
            return group;
        }
        foreach (var series in many.Series) GroupOf(series.Labels).Many.Add(series);
        foreach (var series in one.Series)
        {
            if (series.Take() is { } column) GroupOf(series.Labels).One.Add((series.Labels, column));
        }

        // 2. Two elements of the unique side in one group at one step are an error, if there is anything to match.
        many = RejectDuplicates(many, groups, matching, oneIsLeft);

        // 3. Combine pair by pair.
        var results = new List<Series>(many.Series.Count);
        bool fills = matching.FillLeft is not null || matching.FillRight is not null;
        foreach (var group in order)
        {
            if (matching.Cardinality == Cardinality.OneToOne && group.Many.Count > 1) group.Matched = new bool[steps.Count];
            if (fills) Filled(binary, group, oneIsLeft, results);
            else if (group.One.Count > 0)
                foreach (var series in group.Many) Pairs(binary, group, series, oneIsLeft, results);
        }

        // 4. Results of different pairs may have the same labels, one after the other but never at once.
        return Merge(new Vector(results), matching.Cardinality == Cardinality.OneToOne
            ? QueryContext.SameLabelset
            : static () => QueryContext.Failed("multiple matches for labels: grouping labels must ensure unique matches"));
    }

    private static Labels MatchKey(Labels labels, VectorMatching matching)
    {
        if (matching.On) return matching.Labels.Count == 0 ? Labels.Empty : labels.Without(name => !matching.Labels.Contains(name));
        return labels.Without(name => name == Labels.MetricName || matching.Labels.Contains(name));
    }

    private Vector RejectDuplicates(Vector many, Dictionary<Labels, MatchGroup> groups, VectorMatching matching, bool oneIsLeft)
    {
        bool[]? anyMany = null;
        foreach (var group in groups.Values)
        {
            for (int a = 0; a < group.One.Count; a++)
            {
                for (int b = a + 1; b < group.One.Count; b++)
                {
                    var (first, second) = (group.One[a].Column, group.One[b].Column);
                    int end = Math.Min(first.End, second.End);
                    for (int step = Math.Max(first.Start, second.Start); step < end; step++)
                    {
                        if (!first.At(step) || !second.At(step)) continue;
                        if (anyMany is null) many = Materialize(many, groups, matching, out anyMany);
                        if (!anyMany[step]) continue;
                        throw QueryContext.Failed(
                            $"found duplicate series for the match group {Describe(group.Key)} on the {(oneIsLeft ? "left" : "right")} hand-side of the operation: " +
                            $"[{Describe(group.One[b].Labels)}, {Describe(group.One[a].Labels)}];many-to-many matching not allowed: matching labels must be unique on one side");
                    }
                }
            }
        }
        return many;
    }

    private Vector Materialize(Vector vector, Dictionary<Labels, MatchGroup> groups, VectorMatching matching, out bool[] any)
    {
        any = new bool[steps.Count];
        foreach (var group in groups.Values) group.Many.Clear();
        var ready = new List<Series>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            if (series.Take() is not { } column) continue;
            for (int step = column.Start; step < column.End; step++) any[step] |= column.At(step);
            var kept = new ReadySeries(series.Labels, column, series.NamePending);
            ready.Add(kept);
            groups[MatchKey(series.Labels, matching)].Many.Add(kept);
        }
        return vector with { Series = ready };
    }

    private static string Describe(Labels labels)
    {
        var text = new System.Text.StringBuilder("{");
        foreach (var (name, value) in labels)
        {
            if (text.Length > 1) text.Append(", ");
            text.Append(name).Append('=').Append(Quoting.Quote(value));
        }
        return text.Append('}').ToString();
    }

    private void Pairs(BinaryExpr binary, MatchGroup group, Series series, bool oneIsLeft, List<Series> results)
    {
        bool pending = binary.ReturnBool && context.Options.DelayedNameRemoval;
        if (group.One.Count == 1)
        {
            var (labels, column) = group.One[0];
            results.Add(new LazySeries(ResultLabels(series.Labels, labels, binary), () =>
            {
                var mine = series.Take();
                if (mine is null) return null;
                var result = Pair(binary, group, mine, column, oneIsLeft);
                context.Return(mine);
                return result;
            }, pending));
            return;
        }
        if (series.Take() is not { } taken) return;
        foreach (var (labels, column) in group.One)
            results.Add(new LazySeries(ResultLabels(series.Labels, labels, binary), () => Pair(binary, group, taken, column, oneIsLeft), pending));
    }

    private Column? Pair(BinaryExpr binary, MatchGroup group, Column many, Column one, bool oneIsLeft)
    {
        Action<int>? once = group.Matched is null ? null : step => MatchOnce(group.Matched, step);
        return oneIsLeft ? Combine(binary, one, 0, many, 0, null, once) : Combine(binary, many, 0, one, 0, null, once);
    }

    private static void MatchOnce(bool[] matched, int step)
    {
        if (matched[step]) throw QueryContext.Failed("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
        matched[step] = true;
    }

    // fill, fill_left and fill_right: a value for whichever side has no element of the group at a step.
    private void Filled(BinaryExpr binary, MatchGroup group, bool oneIsLeft, List<Series> results)
    {
        var matching = binary.Matching;
        var (fillMany, fillOne) = oneIsLeft ? (matching.FillRight, matching.FillLeft) : (matching.FillLeft, matching.FillRight);
        bool[] anyMany = new bool[steps.Count], anyOne = new bool[steps.Count];
        var many = new List<(Labels Labels, Column Column)>();
        foreach (var series in group.Many)
        {
            if (series.Take() is not { } column) continue;
            many.Add((series.Labels, column));
            Mark(column, anyMany);
        }
        foreach (var (_, column) in group.One) Mark(column, anyOne);

        bool pending = binary.ReturnBool && context.Options.DelayedNameRemoval;
        Action<int>? once = group.Matched is null ? null : step => MatchOnce(group.Matched, step);
        foreach (var (labels, column) in many)
        {
            foreach (var (oneLabels, oneColumn) in group.One)
                results.Add(new LazySeries(ResultLabels(labels, oneLabels, binary), () => Pair(binary, group, column, oneColumn, oneIsLeft), pending));
            if (fillOne is not { } value) continue;
            results.Add(new LazySeries(ResultLabels(labels, group.Key, binary), () => oneIsLeft
                ? Combine(binary, null, value, column, 0, step => !anyOne[step], once)
                : Combine(binary, column, 0, null, value, step => !anyOne[step], once), pending));
        }
        if (fillMany is not { } missing) return;
        foreach (var (labels, column) in group.One)
        {
            results.Add(new LazySeries(ResultLabels(group.Key, labels, binary), () => oneIsLeft
                ? Combine(binary, column, 0, null, missing, step => !anyMany[step], null)
                : Combine(binary, null, missing, column, 0, step => !anyMany[step], null), pending));
        }
    }

    private static void Mark(Column column, bool[] any)
    {
        for (int step = column.Start; step < column.End; step++) any[step] |= column.At(step);
    }

    private Labels ResultLabels(Labels many, Labels one, BinaryExpr binary)
    {
        var matching = binary.Matching;
        bool dropName = Operators.DropsName(binary.Op) || (binary.ReturnBool && !context.Options.DelayedNameRemoval);
        var result = dropName ? many.Without(static name => name == Labels.MetricName) : many;
        if (matching.Cardinality == Cardinality.OneToOne)
            return result.Without(name => matching.On != matching.Labels.Contains(name));
        foreach (string name in matching.Include) result = result.With(name, one[name]);
        return result;
    }
}
