namespace Headroom.Objectives.Experiments;

/// <summary>Where an experiment stands. It may be looked at any number of times: nothing in it grows false by peeking.</summary>
public sealed record ExperimentAnalysis
{
    /// <summary>With fewer outcomes in any variant nothing is judged: the approximations need some.</summary>
    public const int FewestOutcomes = 100;

    /// <summary>With fewer groups of users in any variant nothing is judged: variances come from groups.</summary>
    public const int FewestGroups = 30;

    /// <summary>What was analysed.</summary>
    public required ExperimentDefinition Experiment { get; init; }

    /// <summary>The instant up to which outcomes count, Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>The variants in the order of the definition.</summary>
    public required IReadOnlyList<VariantSummary> Variants { get; init; }

    /// <summary>Whether the variants got their shares.</summary>
    public required SampleRatio Ratio { get; init; }

    /// <summary>Each treatment against the control, for each metric; the primary metric first.</summary>
    public required IReadOnlyList<VariantComparison> Comparisons { get; init; }

    /// <summary>What to do.</summary>
    public required Recommendation Recommendation { get; init; }

    /// <summary>Compares the variants.</summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="at">Instant of the analysis, Unix milliseconds.</param>
    /// <param name="outcomes">Outcomes by variant and metric; what is absent had none.</param>
    /// <param name="ratioCounts">For each variant, outcomes of the primary metric by group since the weights last changed.</param>
    public static ExperimentAnalysis Of(
        ExperimentDefinition experiment, long at, Func<string, string, GroupedOutcomes> outcomes, IReadOnlyList<double[]> ratioCounts)
    {
        var control = experiment.Variants[0];
        int treatments = experiment.Variants.Count - 1;
        var comparisons = new List<VariantComparison>();
        foreach (var metric in experiment.Metrics)
            foreach (var variant in experiment.Variants.Skip(1))
                comparisons.Add(VariantComparison.Of(experiment, metric, variant.Name, outcomes(control.Name, metric.Name), outcomes(variant.Name, metric.Name), experiment.Significance / treatments));
        var ratio = SampleRatio.Test([.. experiment.Variants.Select(v => v.Weight)], ratioCounts);
        return new ExperimentAnalysis
        {
            Experiment = experiment,
            At = at,
            Variants = [.. experiment.Variants.Select(v => new VariantSummary(v.Name, outcomes(v.Name, experiment.Primary.Name).Count,
                [.. experiment.Metrics.Select(m => MetricSummary.Of(m, outcomes(v.Name, m.Name)))]))],
            Ratio = ratio,
            Comparisons = comparisons,
            Recommendation = Recommendation.Of(experiment, ratio, comparisons),
        };
    }
}

/// <summary>One variant's outcomes.</summary>
/// <param name="Name">The variant.</param>
/// <param name="Outcomes">Outcomes with the primary metric.</param>
/// <param name="Metrics">Its metrics in the order of the definition.</param>
public sealed record VariantSummary(string Name, double Outcomes, IReadOnlyList<MetricSummary> Metrics);

/// <summary>One metric of one variant; NaN without outcomes. Percentiles are at most 0.542% off.</summary>
public sealed record MetricSummary(string Metric, double Count, double Mean, double P50, double P95, double P99)
{
    internal static MetricSummary Of(ExperimentMetric metric, GroupedOutcomes outcomes) =>
        new(metric.Name, outcomes.Count, outcomes.Mean, outcomes.Quantile(0.5), outcomes.Quantile(0.95), outcomes.Quantile(0.99));
}
