using System.Buffers;

namespace Headroom.Metrics.Storage;

/// <summary>Finds the series that satisfy matchers, by an index.</summary>
/// <remarks>
/// (1) The lists of exact matchers are intersected. (2) Each further matcher either looks at the label of each series that is left or,
/// where the label has fewer values than series are left, at each value once, taking the union of the lists that match (or,
/// when an absent label matches too, removing the union of those that do not).
/// </remarks>
internal static class MatcherResolver
{
    private static readonly SearchValues<char> PatternCharacters = SearchValues.Create(@"\^$.|?*+()[]{}");

    /// <summary>The matching series, ascending.</summary>
    public static List<int> Resolve(ILabelIndex index, IReadOnlyList<LabelMatcher> matchers)
    {
        // 1. Exact matchers.
        List<int>? found = null;
        foreach (var matcher in matchers)
        {
            if (!IsExact(matcher)) continue;
            var postings = index.Postings(matcher.Name, matcher.Value);
            if (found is null) found = [.. postings];
            else Intersect(found, postings);
            if (found.Count == 0) return found;
        }
        // 2. The others; those that an absent label cannot satisfy come first, since they leave fewer.
        foreach (var matcher in matchers)
            if (!IsExact(matcher) && !matcher.Matches(""))
                found = Narrow(index, matcher, found, absentMatches: false);
        foreach (var matcher in matchers)
            if (!IsExact(matcher) && matcher.Matches(""))
                found = Narrow(index, matcher, found, absentMatches: true);
        return found ?? [.. Enumerable.Range(0, index.SeriesCount)];
    }

    private static bool IsExact(LabelMatcher matcher) => matcher.Kind == MatchKind.Equal && matcher.Value.Length > 0;

    private static List<int> Narrow(ILabelIndex index, LabelMatcher matcher, List<int>? found, bool absentMatches)
    {
        if (found is not null && found.Count <= index.ValueCount(matcher.Name))
        {
            // One decision for each value: a regular expression costs more than a look-up.
            var decided = new Dictionary<string, bool>(StringComparer.Ordinal);
            found.RemoveAll(series =>
            {
                string value = index.ValueOf(series, matcher.Name);
                if (!decided.TryGetValue(value, out bool matches)) decided[value] = matches = matcher.Matches(value);
                return !matches;
            });
            return found;
        }

        var marked = new bool[index.SeriesCount];
        foreach (string value in Candidates(index, matcher))
            if (matcher.Matches(value) != absentMatches)
                foreach (int series in index.Postings(matcher.Name, value))
                    marked[series] = true;
        if (found is not null)
        {
            found.RemoveAll(series => marked[series] == absentMatches);
            return found;
        }
        var all = new List<int>();
        for (int series = 0; series < marked.Length; series++)
            if (marked[series] != absentMatches)
                all.Add(series);
        return all;
    }

    // A pattern that only lists values, as dashboards write them, needs no walk over all values.
    private static IEnumerable<string> Candidates(ILabelIndex index, LabelMatcher matcher)
    {
        if (matcher.Kind is not (MatchKind.Regex or MatchKind.NotRegex)) return index.Values(matcher.Name);
        string[] alternatives = matcher.Value.Split('|');
        bool literal = alternatives.All(text => text.Length > 0 && text.AsSpan().IndexOfAny(PatternCharacters) < 0);
        // Those of a negated pattern are exactly the values that do not match, hence the ones to mark as well.
        return literal ? alternatives : index.Values(matcher.Name);
    }

    private static void Intersect(List<int> found, ReadOnlySpan<int> with)
    {
        int kept = 0;
        int at = 0;
        for (int i = 0; i < found.Count; i++)
        {
            while (at < with.Length && with[at] < found[i]) at++;
            if (at < with.Length && with[at] == found[i]) found[kept++] = found[i];
        }
        found.RemoveRange(kept, found.Count - kept);
    }
}
