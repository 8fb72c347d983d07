using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// What a query's author should know about its result: warnings (it may be wrong) and infos (the query may be
/// mistaken). Worded as Prometheus words them, each once per place.
/// </summary>
internal sealed class Annotations(string query)
{
    private readonly HashSet<(string Text, int Place)> _seen = [];

    public List<string> Warnings { get; } = [];

    public List<string> Infos { get; } = [];

    private void Warn(string text, Span place)
    {
        if (_seen.Add((text, place.Start))) Warnings.Add($"PromQL warning: {text} ({SourcePosition.Describe(query, place.Start)})");
    }

    private void Inform(string text, Span place)
    {
        if (_seen.Add((text, place.Start))) Infos.Add($"PromQL info: {text} ({SourcePosition.Describe(query, place.Start)})");
    }

    private static string ForMetric(string text, string metric) => metric.Length == 0 ? text : $"{text} for metric name {Quoting.Quote(metric)}";

    public void QuantileOutOfRange(double q, Span place) =>
        Warn($"quantile value should be between 0 and 1, got {GoFloat.General(q)}", place);

    public void RatioOutOfRange(double ratio, double capped, Span place) =>
        Warn($"ratio value should be between -1 and 1, got {GoFloat.General(ratio)}, capping to {GoFloat.General(capped)}", place);

    public void BadBucketLabel(string metric, string value, Span place) =>
        Warn(ForMetric($"bucket label \"le\" is missing or has a malformed value of {Quoting.Quote(value)}", metric), place);

    public void MixedFloatsAndHistograms(string metric, Span place) =>
        Warn($"encountered a mix of histograms and floats for metric name {Quoting.Quote(metric)}", place);

    public void MixedFloatsAndHistogramsInAggregation(Span place) =>
        Warn("encountered a mix of histograms and floats for aggregation", place);

    public void MixedClassicAndNative(string metric, Span place) =>
        Warn(ForMetric("vector contains a mix of classic and native histograms", metric), place);

    public void HistogramNotCounter(string metric, Span place) =>
        Warn($"this native histogram metric is not a counter: {Quoting.Quote(metric)}", place);

    public void HistogramNotGauge(string metric, Span place) =>
        Warn($"this native histogram metric is not a gauge: {Quoting.Quote(metric)}", place);

    public void MixedSchemas(string metric, Span place) =>
        Warn($"vector contains a mix of histograms with exponential and custom buckets schemas for metric name {Quoting.Quote(metric)}", place);

    public void IncompatibleBuckets(string op, Span place) =>
        Warn($"incompatible bucket layout encountered for binary operator {op}", place);

    public void ResetsCollide(string operation, Span place) =>
        Warn($"conflicting counter resets during histogram {operation}", place);

    public void BoundsReconciled(string operation, Span place) =>
        Inform($"mismatched custom buckets were reconciled during {operation}", place);

    public void MaybeNotACounter(string metric, Span place) =>
        Inform($"metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {Quoting.Quote(metric)}", place);

    public void ForcedMonotonic(string function, string metric, Span place) =>
        Inform(ForMetric($"input to {function} needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)", metric), place);

    public void IncompatibleTypes(string op, string left, string right, Span place) =>
        Inform($"incompatible sample types encountered for binary operator {Quoting.Quote(op)}: {left} {op} {right}", place);

    public void HistogramIgnoredInAggregation(string aggregation, Span place) =>
        Inform($"ignored histogram in {aggregation} aggregation", place);

    public void HistogramsIgnoredInRange(string metric, Span place) =>
        Inform($"ignored histograms in a range containing both floats and histograms for metric name {Quoting.Quote(metric)}", place);

    public void QuantileOfNaN(string function, bool noResult, string metric, Span place) =>
        Inform(ForMetric($"input to {function} has NaN observations, result is {(noResult ? "NaN" : "skewed higher")}", metric), place);

    public void FractionOfNaN(string metric, Span place) =>
        Inform(ForMetric("input to histogram_fraction has NaN observations, which are excluded from all fractions", metric), place);

    /// <summary>A range or look-back was widened, since only a summary of each interval (milliseconds) is kept.</summary>
    public void Widened(long resolution, long width, bool isRange, Span place) =>
        Inform($"samples as old as these are kept every {Minutes(resolution)}: the {(isRange ? "range" : "look-back")} was widened to {Minutes(width)}", place);

    private static string Minutes(long milliseconds) =>
        milliseconds % 3_600_000 == 0 ? $"{milliseconds / 3_600_000}h" : $"{milliseconds / 60_000}m";

    public void SortInRangeQuery(Span place) =>
        Warn("sort is ineffective for range queries since results are always ordered by labels", place);
}
