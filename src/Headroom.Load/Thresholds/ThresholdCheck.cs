using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Load.Plans;

namespace Headroom.Load.Thresholds;

/// <summary>Whether a threshold can ever be measured: a bound on something that does not exist would otherwise never be broken.</summary>
internal static class ThresholdCheck
{
    /// <summary>What is wrong with a threshold, without a place; null when nothing is.</summary>
    public static Problem? Find(string metric, IReadOnlyDictionary<string, string> tags, ThresholdExpression expression, IReadOnlyDictionary<string, CustomMetricKind> custom, IReadOnlyList<Scenario> scenarios)
    {
        Aggregation[] known;
        if (BuiltInMetrics.All.TryGetValue(metric, out var builtIn)) known = builtIn.Aggregations;
        else if (custom.TryGetValue(metric, out var kind)) known = BuiltInMetrics.Of(kind);
        else
        {
            var names = BuiltInMetrics.All.Keys.Concat(custom.Keys);
            return new Problem("load-threshold-metric", $"There is no metric '{metric}'.", null, NearestName.Of(metric, names) is { } near ? $"Did you mean '{near}'?" : $"There are {string.Join(", ", names)}.");
        }
        if (!known.Contains(expression.Aggregation))
            return new Problem("load-threshold-expression", $"'{expression}' cannot be asked of {metric}.", null, $"It has {string.Join(", ", known.Select(Word))}.");
        if (tags.Count == 0) return null;
        if (!builtIn.OfRequests) return new Problem("load-threshold-tags", $"{metric} has no tags.", null, "Remove them.");
        var wanted = tags.Where(t => t.Key != "status").ToDictionary();
        if (tags.TryGetValue("status", out string? status) && (!int.TryParse(status, out int code) || code is < 100 or > 599))
            return new Problem("load-threshold-tags", $"'{status}' is no status code.", null, "Write it like status:500.");
        return Kinds(scenarios).Any(k => RequestTags.Match(k, wanted)) ? null
            : new Problem("load-threshold-tags", $"No request of the plan carries {string.Join(", ", wanted.Select(t => $"{t.Key}:{t.Value}"))}.", null, "Check the names; request tags are name, method, scenario, status and the plan's own.");
    }

    private static IEnumerable<IReadOnlyDictionary<string, string>> Kinds(IReadOnlyList<Scenario> scenarios) =>
        scenarios.SelectMany(s => s.Flows.SelectMany(f => f.Steps).OfType<RequestStep>().SelectMany(step => step.Requests).Select(r => RequestTags.Of(s, r)));

    private static string Word(Aggregation aggregation) => aggregation switch
    {
        Aggregation.Average => "avg",
        Aggregation.Minimum => "min",
        Aggregation.Maximum => "max",
        Aggregation.Percentile => "med, p(N)",
        Aggregation.Rate => "rate",
        Aggregation.Count => "count",
        _ => "value",
    };
}

/// <summary>The tags of a request's results.</summary>
internal static class RequestTags
{
    public static Dictionary<string, string> Of(Scenario scenario, RequestSpec request)
    {
        var tags = new Dictionary<string, string>(scenario.Tags, StringComparer.Ordinal);
        foreach (var (key, value) in request.Tags) tags[key] = value;
        (tags["name"], tags["scenario"], tags["method"]) = (request.Name, scenario.Name, request.Method);
        return tags;
    }

    public static bool Match(IReadOnlyDictionary<string, string> tags, IReadOnlyDictionary<string, string> wanted) =>
        wanted.All(w => tags.TryGetValue(w.Key, out string? value) && value == w.Value);
}
