namespace Headroom.Objectives.Experiments;

/// <summary>A treatment against the control in one metric. The interval and the p-value are valid at any look.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="IsGuard">Whether it only must not get worse.</param>
/// <param name="Variant">The treatment.</param>
/// <param name="Control">The control's mean or quantile.</param>
/// <param name="Treatment">The treatment's.</param>
/// <param name="Result">Treatment less control, in the metric's unit.</param>
/// <param name="Verdict">What it comes to.</param>
public sealed record VariantComparison(
    ExperimentMetric Metric, bool IsGuard, string Variant, double Control, double Treatment, SequentialResult Result, ComparisonVerdict Verdict)
{
    /// <summary>The difference in percent of the control; NaN when that is 0.</summary>
    public double ChangePercent => PercentOf(Result.Difference);

    /// <summary>Lower end of the interval in percent of the control.</summary>
    public double LowPercent => PercentOf(Result.Low);

    /// <summary>Upper end of the interval in percent of the control.</summary>
    public double HighPercent => PercentOf(Result.High);

    internal static VariantComparison Of(
        ExperimentDefinition experiment, ExperimentMetric metric, string variant, GroupedOutcomes control, GroupedOutcomes treatment, double significance)
    {
        bool guard = !ReferenceEquals(metric, experiment.Primary);
        var (a, b) = (control.Of(metric.Quantile), treatment.Of(metric.Quantile));
        bool enough = Enough(control) && Enough(treatment);
        double difference = b.Value - a.Value;
        double scale = Math.Abs(a.Value) > 0 ? Math.Abs(a.Value) : Math.Abs(b.Value);
        double effect = scale * experiment.MinimumEffectPercent / 100;
        // When all is zero there is no scale, and no difference either.
        var result = enough
            ? SequentialTest.Compare(difference, a.Variance + b.Variance, Math.Min(control.Populated, treatment.Populated) - 1, effect > 0 ? effect : 1, significance)
            : new SequentialResult(difference, double.NegativeInfinity, double.PositiveInfinity, double.NaN);
        double tolerated = guard ? scale * metric.TolerancePercent / 100 : 0;
        return new VariantComparison(metric, guard, variant, a.Value, b.Value, result, enough ? Judge(metric, result, tolerated, guard ? 0 : effect) : ComparisonVerdict.TooEarly);
    }

    private static bool Enough(GroupedOutcomes outcomes) => outcomes.Count >= ExperimentAnalysis.FewestOutcomes && outcomes.Populated >= ExperimentAnalysis.FewestGroups;

    private static ComparisonVerdict Judge(ExperimentMetric metric, SequentialResult result, double tolerated, double effect)
    {
        // Turned so that more is worse.
        var (low, high) = metric.LowerIsBetter ? (result.Low, result.High) : (-result.High, -result.Low);
        if (low > tolerated) return ComparisonVerdict.Worse;
        if (high < 0) return ComparisonVerdict.Better;
        return effect > 0 && low > -effect && high < effect ? ComparisonVerdict.NoDifferenceThatMatters : ComparisonVerdict.Open;
    }

    private double PercentOf(double difference) => Control == 0 ? double.NaN : difference / Math.Abs(Control) * 100;
}

/// <summary>What is known about a difference.</summary>
public enum ComparisonVerdict
{
    /// <summary>Too few outcomes to say anything.</summary>
    TooEarly,

    /// <summary>Not decided yet.</summary>
    Open,

    /// <summary>The treatment is better.</summary>
    Better,

    /// <summary>The treatment is worse (as a guard: by more than its tolerance).</summary>
    Worse,

    /// <summary>The whole interval lies within the smallest effect that matters.</summary>
    NoDifferenceThatMatters,
}

/// <summary>What to do with the experiment.</summary>
/// <param name="Action">The advice.</param>
/// <param name="Variant">The variant it names, or null.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record Recommendation(RecommendedAction Action, string? Variant, string Reason)
{
    internal static Recommendation Of(ExperimentDefinition experiment, SampleRatio ratio, IReadOnlyList<VariantComparison> comparisons)
    {
        if (ratio.Mismatch)
            return new(RecommendedAction.Repair, null, "The variants did not get the shares their weights say: find out why before believing any number here.");
        var harmed = comparisons.Where(c => c.IsGuard && c.Verdict == ComparisonVerdict.Worse).ToList();
        var primary = comparisons.Where(c => !c.IsGuard).ToList();
        if (primary.TrueForAll(c => c.Verdict == ComparisonVerdict.TooEarly))
            return new(RecommendedAction.Continue, null, $"Too few outcomes yet: each variant needs {ExperimentAnalysis.FewestOutcomes} by users of {ExperimentAnalysis.FewestGroups} groups.");
        // Of several better ones, the one that moved the metric furthest.
        var best = primary.Where(c => c.Verdict == ComparisonVerdict.Better && harmed.TrueForAll(h => h.Variant != c.Variant))
            .MaxBy(c => Math.Abs(c.Result.Difference));
        if (best is not null)
            return new(RecommendedAction.Adopt, best.Variant, $"'{best.Variant}' is better in {best.Metric.Name} and harms no guard.");
        var open = primary.Where(c => c.Verdict is ComparisonVerdict.Open or ComparisonVerdict.TooEarly && harmed.TrueForAll(h => h.Variant != c.Variant)).ToList();
        if (open.Count > 0) return new(RecommendedAction.Continue, null, "No verdict yet.");
        string control = experiment.Variants[0].Name;
        if (harmed.Count > 0)
            return new(RecommendedAction.Keep, control, $"{string.Join("; ", harmed.Select(h => $"'{h.Variant}' harms {h.Metric.Name}"))}.");
        return primary.Exists(c => c.Verdict == ComparisonVerdict.Worse)
            ? new(RecommendedAction.Keep, control, $"No treatment is better, and {string.Join(", ", primary.Where(c => c.Verdict == ComparisonVerdict.Worse).Select(c => $"'{c.Variant}'"))} is worse.")
            : new(RecommendedAction.Keep, control, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"No difference of {experiment.MinimumEffectPercent}% or more is there."));
    }
}

/// <summary>The kinds of advice.</summary>
public enum RecommendedAction
{
    /// <summary>Go on measuring.</summary>
    Continue,

    /// <summary>Stop; take the named treatment.</summary>
    Adopt,

    /// <summary>Stop; stay with the control.</summary>
    Keep,

    /// <summary>Stop; the data cannot be trusted.</summary>
    Repair,
}
