using Headroom.Configuration.Diagnostics;

namespace Headroom.Objectives.Experiments;

/// <summary>An A/B test: who gets what, what is measured, and what must not get worse.</summary>
public sealed record ExperimentDefinition
{
    /// <summary>Longest name of an experiment, variant or metric, in characters.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Most variants of one experiment.</summary>
    public const int MaxVariants = 20;

    /// <summary>Most metrics of one experiment, the primary one included.</summary>
    public const int MaxMetrics = 20;

    /// <summary>Its name; also the salt of the assignment, so that experiments are independent of each other.</summary>
    public required string Name { get; init; }

    /// <summary>The variants; the first is the control.</summary>
    public required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>The metric that decides.</summary>
    public required ExperimentMetric Primary { get; init; }

    /// <summary>Metrics that must not get worse.</summary>
    public IReadOnlyList<ExperimentMetric> Guards { get; init; } = [];

    /// <summary>Chance of a false verdict on the primary metric, over all treatments and however often one looks. Default 0.05.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>
    /// The smallest change of the primary metric that matters, in percent of the control. Tunes when the test has most
    /// power, and when it may stop because no such change is there. Default 5.
    /// </summary>
    public double MinimumEffectPercent { get; init; } = 5;

    /// <summary>The primary metric, then the guards.</summary>
    public IEnumerable<ExperimentMetric> Metrics => [Primary, .. Guards];

    /// <summary>Everything wrong with the definition; empty when it is sound.</summary>
    public IReadOnlyList<Problem> Validate()
    {
        var problems = new List<Problem>();
        CheckName(Name, "name");
        if (Variants.Count is < 2 or > MaxVariants)
            problems.Add(new Problem("experiment-variants", $"An experiment has 2 to {MaxVariants} variants, not {Variants.Count}.", "variants", "The first is the control."));
        for (int i = 0; i < Variants.Count; i++)
        {
            CheckName(Variants[i].Name, $"variants[{i}].name");
            if (!(Variants[i].Weight > 0) || double.IsInfinity(Variants[i].Weight))
                problems.Add(new Problem("experiment-weight", $"The weight {Variants[i].Weight} is not a positive number.", $"variants[{i}].weight", "Weights are relative: 50 and 50, or 1 and 9."));
        }
        if (Metrics.Count() > MaxMetrics)
            problems.Add(new Problem("experiment-metrics", $"An experiment has at most {MaxMetrics} metrics.", "guards"));
        foreach (var metric in Metrics)
        {
            CheckName(metric.Name, "metric");
            if (metric.Quantile is { } q && !(q is > 0 and < 1))
                problems.Add(new Problem("experiment-quantile", $"The quantile {q} does not lie between 0 and 1.", metric.Name, "Write p95 as 0.95."));
            if (!(metric.TolerancePercent >= 0))
                problems.Add(new Problem("experiment-tolerance", "The tolerance must not be negative.", metric.Name));
        }
        Unique(Variants.Select(v => v.Name), "variants");
        Unique(Metrics.Select(m => m.Name), "metrics");
        if (!(Significance is > 0 and < 1))
            problems.Add(new Problem("experiment-significance", $"The significance {Significance} does not lie between 0 and 1.", "significance", "0.05 is usual."));
        if (!(MinimumEffectPercent > 0) || double.IsInfinity(MinimumEffectPercent))
            problems.Add(new Problem("experiment-effect", $"The smallest effect {MinimumEffectPercent} is not a positive number of percent.", "minimumEffectPercent"));
        return problems;

        void CheckName(string? name, string where)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
                problems.Add(new Problem("experiment-name", $"A name has 1 to {MaxNameLength} characters and no control characters.", where));
        }

        void Unique(IEnumerable<string> names, string where)
        {
            foreach (var group in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1))
                problems.Add(new Problem("experiment-defined-twice", $"'{group.Key}' stands there {group.Count()} times.", where, "Names must differ."));
        }
    }
}

/// <summary>One of the things compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">Its share of the users, relative to the others' weights.</param>
public sealed record Variant(string Name, double Weight);

/// <summary>What is measured of each outcome.</summary>
/// <param name="Name">The name under which outcomes carry it.</param>
/// <param name="LowerIsBetter">True for durations and errors, false for success and throughput.</param>
/// <param name="Quantile">The quantile compared (0.95 for p95), or null for the mean. A success rate is the mean of 0 and 1.</param>
/// <param name="TolerancePercent">As a guard: how much worse it may be, in percent of the control.</param>
public sealed record ExperimentMetric(string Name, bool LowerIsBetter = true, double? Quantile = null, double TolerancePercent = 0)
{
    /// <summary><c>mean</c>, or for example <c>p95</c>.</summary>
    public string Statistic => Quantile is { } q ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p{Math.Round(q * 100, 6)}") : "mean";
}
