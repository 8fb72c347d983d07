using System.Globalization;
using Headroom.Metrics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Experiments;

/// <summary>Reads an experiment's outcomes from the store and analyses them.</summary>
/// <param name="backend">Where measurements live.</param>
public sealed class ExperimentAnalyzer(IMetricsBackend backend)
{
    // Outcomes collect in slots of 10 s; the slot of an instant shows at its end.
    private const long SlotMs = 10_000;

    /// <summary>Analyses an experiment at an instant.</summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="since">When it was defined, Unix milliseconds.</param>
    /// <param name="weightsSince">When its weights last changed; the shares are tested from there on.</param>
    /// <param name="at">The instant, Unix milliseconds.</param>
    /// <param name="cancel">Ends the queries.</param>
    public async ValueTask<ExperimentAnalysis> AnalyzeAsync(ExperimentDefinition experiment, long since, long weightsSince, long at, CancellationToken cancel)
    {
        var now = await ReadAsync(experiment, since, at, cancel).ConfigureAwait(false);
        var before = weightsSince > since ? await ReadAsync(experiment, since, weightsSince, cancel).ConfigureAwait(false) : [];
        var empty = new GroupedOutcomes(new Histogram?[Assignment.Groups]);
        return ExperimentAnalysis.Of(experiment, at, (variant, metric) => now.GetValueOrDefault((variant, metric), empty),
            [.. experiment.Variants.Select(v => CountsOf(now, before, (v.Name, experiment.Primary.Name)))]);
    }

    /// <summary>The query behind the numbers, for whoever wants to see them raw.</summary>
    public static string QueryOf(string experiment, TimeSpan range) => string.Create(CultureInfo.InvariantCulture,
        $"last_over_time({Outcome.Series}{{experiment={Quoted(experiment)}}}[{(long)Math.Ceiling(range.TotalSeconds)}s])");

    private async ValueTask<Dictionary<(string Variant, string Metric), GroupedOutcomes>> ReadAsync(ExperimentDefinition experiment, long since, long at, CancellationToken cancel)
    {
        var range = TimeSpan.FromMilliseconds(Math.Max(0, at - since) + 3 * SlotMs);
        var result = await backend.QueryAsync(QueryOf(experiment.Name, range), at + SlotMs, cancel).ConfigureAwait(false);
        var groups = new Dictionary<(string, string), Histogram?[]>();
        foreach (var sample in ((VectorValue)result.Value).Samples)
        {
            if (sample.Histogram is not { } histogram) continue;
            if (!int.TryParse(sample.Labels["group"], NumberStyles.None, CultureInfo.InvariantCulture, out int group) || group >= Assignment.Groups) continue;
            var key = (sample.Labels["variant"], sample.Labels["metric"]);
            if (!groups.TryGetValue(key, out var list)) groups[key] = list = new Histogram?[Assignment.Groups];
            list[group] = list[group] is { } there ? Histogram.Merge(there, histogram) : histogram;
        }
        return groups.ToDictionary(g => g.Key, g => new GroupedOutcomes(g.Value));
    }

    private static double[] CountsOf(
        Dictionary<(string, string), GroupedOutcomes> now, Dictionary<(string, string), GroupedOutcomes> before, (string, string) key)
    {
        var counts = new double[Assignment.Groups];
        for (int g = 0; g < counts.Length; g++)
            counts[g] = Math.Max(0, (now.GetValueOrDefault(key)?.CountOf(g) ?? 0) - (before.GetValueOrDefault(key)?.CountOf(g) ?? 0));
        return counts;
    }

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
