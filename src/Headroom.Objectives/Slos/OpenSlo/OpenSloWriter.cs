using System.Globalization;
using System.Text;
using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Slos.OpenSlo;

/// <summary>
/// SLOs as OpenSLO v1 documents. Queries keep <c>$window</c>, which the specification leaves to whoever evaluates them; the SLO's own
/// length of a low-traffic window travels as an annotation.
/// </summary>
public static class OpenSloWriter
{
    internal const string MinimumEvents = "headroom/minimum-events";
    internal const string Histogram = "headroom/histogram";
    internal const string Threshold = "headroom/threshold";
    internal const string By = "headroom/by";

    /// <summary>The documents, one an SLO.</summary>
    public static string Write(IReadOnlyList<SloDefinition> slos) => string.Join("---\n", slos.Select(Document));

    private static string Document(SloDefinition slo)
    {
        var yaml = new StringBuilder("apiVersion: openslo/v1\nkind: SLO\nmetadata:\n");
        yaml.Append($"  name: {YamlText.Of(PrometheusRules.Slug(slo.Name))}\n  displayName: {YamlText.Of(slo.Name)}\n");
        var annotations = Annotations(slo).ToList();
        if (annotations.Count > 0) yaml.Append("  annotations:\n");
        foreach (var (key, value) in annotations) yaml.Append($"    {key}: {YamlText.Of(value)}\n");
        yaml.Append("spec:\n");
        if (slo.Description is { } description) yaml.Append($"  description: {YamlText.Of(description)}\n");
        yaml.Append($"  service: {YamlText.Of(slo.Service ?? "headroom")}\n");
        Indicator(yaml, slo);
        yaml.Append("  timeWindow:\n");
        if (slo.Window is CalendarWindow calendar)
            yaml.Append($"    - duration: {Shorthand(calendar.Unit)}\n      isRolling: false\n      calendar:\n        startTime: \"{(calendar.Unit == CalendarUnit.Week ? "2024-01-01" : "2020-01-01")} 00:00:00\"\n        timeZone: {YamlText.Of(calendar.Zone.Id)}\n");
        else
            yaml.Append($"    - duration: {Shorthand(((RollingWindow)slo.Window).Length)}\n      isRolling: true\n");
        yaml.Append($"  budgetingMethod: {(slo.Slices is null ? "Occurrences" : "Timeslices")}\n  objectives:\n    - target: {Share(slo.Objective)}\n");
        if (slo.Slices is { } slices) yaml.Append($"      timeSliceTarget: {Share(slices.Target)}\n      timeSliceWindow: {Shorthand(slices.Slice)}\n");
        if (slo.Sli is ValueSli { When: var when }) yaml.Append($"      op: {Operator(when)}\n      value: {SloQueries.Number(when.Low)}\n");
        return yaml.ToString();
    }

    private static IEnumerable<(string Key, string Value)> Annotations(SloDefinition slo)
    {
        if (slo.MinimumEvents is { } minimum) yield return (MinimumEvents, SloQueries.Number(minimum));
        if (slo.Sli is not LatencySli latency) yield break;
        yield return (Histogram, latency.Histogram);
        yield return (Threshold, SloQueries.Number(latency.Threshold));
        if (latency.By.Count > 0) yield return (By, string.Join(",", latency.By));
    }

    private static void Indicator(StringBuilder yaml, SloDefinition slo)
    {
        yaml.Append($"  indicator:\n    metadata:\n      name: {YamlText.Of(PrometheusRules.Slug(slo.Name))}-sli\n    spec:\n");
        if (slo.Sli is ValueSli value)
        {
            yaml.Append("      thresholdMetric:\n");
            Source(yaml, "        ", value.Query);
            return;
        }
        var counts = SloQueries.Counts(slo.Sli);
        yaml.Append("      ratioMetric:\n        counter: true\n");
        foreach (var (role, query) in ((string, string?)[])[("good", counts.Good), ("bad", counts.Bad), ("total", counts.Total)])
        {
            if (query is null) continue;
            yaml.Append($"        {role}:\n");
            Source(yaml, "          ", query);
        }
    }

    private static void Source(StringBuilder yaml, string indent, string query) =>
        yaml.Append($"{indent}metricSource:\n{indent}  type: Prometheus\n{indent}  spec:\n{indent}    query: {YamlText.Of(query)}\n");

    private static string Operator(Bound when) => when.Operator switch { BoundOperator.Less => "lt", BoundOperator.LessOrEqual => "lte", BoundOperator.Greater => "gt", _ => "gte" };

    private static string Share(double share) => Math.Round((decimal)share, 14).ToString("0.##############", CultureInfo.InvariantCulture);

    private static string Shorthand(CalendarUnit unit) => unit switch { CalendarUnit.Day => "1d", CalendarUnit.Week => "1w", CalendarUnit.Month => "1M", CalendarUnit.Quarter => "1Q", _ => "1Y" };

    // The shorthand is one whole number with one unit, minutes at the least.
    private static string Shorthand(TimeSpan length) =>
        length.Ticks % TimeSpan.TicksPerDay == 0 ? $"{length.Ticks / TimeSpan.TicksPerDay}d"
        : length.Ticks % TimeSpan.TicksPerHour == 0 ? $"{length.Ticks / TimeSpan.TicksPerHour}h"
        : $"{Math.Max(1, (long)Math.Round(length.TotalMinutes))}m";
}
