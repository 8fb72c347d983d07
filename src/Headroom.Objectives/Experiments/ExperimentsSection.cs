using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;

namespace Headroom.Objectives.Experiments;

/// <summary>Declares the section <c>experiments</c> of headroom.yaml.</summary>
public static class ExperimentsSection
{
    /// <summary>The section, for the composition root to hand to the loader.</summary>
    public static ConfigurationSection<IReadOnlyList<ExperimentDefinition>> Section { get; } = ConfigurationSection.Of<IReadOnlyList<ExperimentDefinition>>(
        "experiments", "A/B tests: who gets what, what is measured, and what must not get worse.", Shapes.List(Declare()), []);

    private static ObjectShape<ExperimentDefinition> Declare()
    {
        var name = Property.Required("name", "Its name; decides, with the user, who gets which variant.", Shapes.Text(ExperimentDefinition.MaxNameLength));
        var variants = Property.Required("variants", "Variant and weight, relative to the others'. The first is the control.", Shapes.Map(Shapes.Number(above: 0)));
        var metric = Shapes.Parsed<ExperimentMetric>($"a metric such as duration:p95 ({MetricText.Form})", MetricText.TryParse,
            () => [new JsonObject { ["type"] = "string", ["minLength"] = 1 }]);
        var primary = Property.Required("metric", $"The metric that decides: {MetricText.Form}. Lower is better unless it says higher.", metric);
        var guards = Property.Optional<IReadOnlyList<ExperimentMetric>>("guards", "Metrics that must not get worse by more than their tolerance.", Shapes.List(metric), []);
        var significance = Property.Optional("significance", "Chance of a false verdict, however often one looks. Default: 0.05.", Shapes.Number(minimum: 0.0001, maximum: 0.5), 0.05);
        var effect = Property.Optional("minimumEffectPercent", "The smallest change that matters, in percent of the control. Default: 5.", Shapes.Number(above: 0), 5);
        return new ObjectShape<ExperimentDefinition>("An A/B test.", [name, variants, primary, guards, significance, effect],
            f => new ExperimentDefinition
            {
                Name = f.Get(name),
                Variants = [.. f.Get(variants).Select(v => new Variant(v.Key, v.Value))],
                Primary = f.Get(primary),
                Guards = f.Get(guards),
                Significance = f.Get(significance),
                MinimumEffectPercent = f.Get(effect),
            },
            f =>
            {
                if (!f.Has(variants, out var weights)) return;
                if (weights!.Count is < 2 or > ExperimentDefinition.MaxVariants)
                    f.Report(variants, "experiment-variants", $"An experiment has 2 to {ExperimentDefinition.MaxVariants} variants, not {weights.Count}.", "The first is the control.");
            });
    }
}
