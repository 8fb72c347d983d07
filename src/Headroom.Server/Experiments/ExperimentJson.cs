using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Experiments;

namespace Headroom.Server.Experiments;

/// <summary>An experiment as the API takes and gives it.</summary>
internal sealed record ExperimentBody
{
    public string? Name { get; init; }

    /// <summary>The first is the control.</summary>
    public IReadOnlyList<VariantBody>? Variants { get; init; }

    /// <summary>In one word: see <see cref="MetricText"/>.</summary>
    public string? Metric { get; init; }

    public IReadOnlyList<string>? Guards { get; init; }

    public double? Significance { get; init; }

    public double? MinimumEffectPercent { get; init; }

    /// <summary>The definition.</summary>
    /// <exception cref="ProblemException">It is not sound; everything wrong is named.</exception>
    public ExperimentDefinition ToDefinition(string name)
    {
        var problems = new List<Problem>();
        if (Name is not null && Name != name) problems.Add(new Problem("experiment-name", $"The body says '{Name}', the address '{name}'.", "name"));
        var primary = MetricOf(Metric ?? "", "metric", problems);
        var definition = new ExperimentDefinition
        {
            Name = name,
            Variants = [.. (Variants ?? []).Select(v => new Variant(v.Name ?? "", v.Weight ?? 1))],
            Primary = primary,
            Guards = [.. (Guards ?? []).Select((g, i) => MetricOf(g, $"guards[{i}]", problems))],
        };
        definition = definition with { Significance = Significance ?? definition.Significance, MinimumEffectPercent = MinimumEffectPercent ?? definition.MinimumEffectPercent };
        if (problems.Count == 0) problems.AddRange(definition.Validate());
        return problems.Count > 0 ? throw new ProblemException(problems) : definition;
    }

    public static ExperimentBody Of(ExperimentDefinition definition) => new()
    {
        Name = definition.Name,
        Variants = [.. definition.Variants.Select(v => new VariantBody(v.Name, v.Weight))],
        Metric = MetricText.Format(definition.Primary),
        Guards = [.. definition.Guards.Select(MetricText.Format)],
        Significance = definition.Significance,
        MinimumEffectPercent = definition.MinimumEffectPercent,
    };

    private static ExperimentMetric MetricOf(string text, string where, List<Problem> problems)
    {
        if (!MetricText.TryParse(text, out var metric, out string reason))
            problems.Add(new Problem("experiment-metric", $"'{text}' is no metric: {reason}.", where, $"Write {MetricText.Form}."));
        return metric;
    }
}

internal sealed record VariantBody(string? Name, double? Weight);

/// <summary>An experiment as it is kept: the definition, since when, and since when its weights.</summary>
internal sealed record ExperimentDocument(ExperimentBody Definition, long DefinedAt, long WeightsSince);

/// <summary>One outcome as the API takes it.</summary>
internal sealed record OutcomeBody
{
    public string? User { get; init; }

    public Dictionary<string, double>? Metrics { get; init; }

    public string? Variant { get; init; }

    /// <summary>RFC 3339 or Unix seconds; now when absent.</summary>
    public string? Timestamp { get; init; }

    public string? Id { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExperimentBody))]
[JsonSerializable(typeof(ExperimentDocument))]
[JsonSerializable(typeof(List<OutcomeBody>))]
internal sealed partial class ExperimentJsonContext : JsonSerializerContext;

/// <summary>The JSON of an analysis; null where a number does not exist yet.</summary>
internal static class ExperimentJson
{
    private static readonly Dictionary<ComparisonVerdict, string> Verdicts = new()
    {
        [ComparisonVerdict.TooEarly] = "too early",
        [ComparisonVerdict.Open] = "open",
        [ComparisonVerdict.Better] = "better",
        [ComparisonVerdict.Worse] = "worse",
        [ComparisonVerdict.NoDifferenceThatMatters] = "no difference that matters",
    };

    private static readonly Dictionary<RecommendedAction, string> Actions = new()
    {
        [RecommendedAction.Continue] = "continue",
        [RecommendedAction.Adopt] = "adopt",
        [RecommendedAction.Keep] = "keep",
        [RecommendedAction.Repair] = "repair",
    };

    public static void Write(Utf8JsonWriter json, ExperimentAnalysis analysis, string query)
    {
        json.WriteStartObject();
        json.WriteString("experiment", analysis.Experiment.Name);
        json.WriteString("at", DateTimeOffset.FromUnixTimeMilliseconds(analysis.At));
        json.WriteStartObject("recommendation");
        json.WriteString("action", Actions[analysis.Recommendation.Action]);
        json.WriteString("variant", analysis.Recommendation.Variant);
        json.WriteString("reason", analysis.Recommendation.Reason);
        json.WriteEndObject();
        json.WriteStartObject("sampleRatio");
        Number(json, "pValue", analysis.Ratio.PValue);
        json.WriteBoolean("mismatch", analysis.Ratio.Mismatch);
        json.WriteEndObject();
        json.WriteStartArray("variants");
        for (int i = 0; i < analysis.Variants.Count; i++)
        {
            var variant = analysis.Variants[i];
            json.WriteStartObject();
            json.WriteString("name", variant.Name);
            json.WriteNumber("outcomes", variant.Outcomes);
            Number(json, "share", analysis.Ratio.Shares[i]);
            Number(json, "expectedShare", analysis.Ratio.Expected[i]);
            json.WriteStartObject("metrics");
            foreach (var metric in variant.Metrics)
            {
                json.WriteStartObject(metric.Metric);
                json.WriteNumber("count", metric.Count);
                Number(json, "mean", metric.Mean);
                Number(json, "p50", metric.P50);
                Number(json, "p95", metric.P95);
                Number(json, "p99", metric.P99);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("comparisons");
        foreach (var comparison in analysis.Comparisons)
        {
            json.WriteStartObject();
            json.WriteString("metric", comparison.Metric.Name);
            json.WriteString("statistic", comparison.Metric.Statistic);
            json.WriteBoolean("guard", comparison.IsGuard);
            json.WriteString("variant", comparison.Variant);
            Number(json, "control", comparison.Control);
            Number(json, "treatment", comparison.Treatment);
            Number(json, "difference", comparison.Result.Difference);
            Number(json, "low", comparison.Result.Low);
            Number(json, "high", comparison.Result.High);
            Number(json, "changePercent", comparison.ChangePercent);
            Number(json, "lowPercent", comparison.LowPercent);
            Number(json, "highPercent", comparison.HighPercent);
            Number(json, "pValue", comparison.Result.PValue);
            json.WriteString("verdict", Verdicts[comparison.Verdict]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("query", query);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
