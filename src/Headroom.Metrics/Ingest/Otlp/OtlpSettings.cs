using Headroom.Configuration.Sections;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>How OTLP becomes series. The section <c>otlp</c>.</summary>
public static class OtlpSettings
{
    /// <summary>The section, for the composition root to hand to the loader.</summary>
    public static ConfigurationSection<OtlpOptions> Section { get; } = Declare();

    private static ConfigurationSection<OtlpOptions> Declare()
    {
        var defaults = new OtlpOptions();
        var histograms = Property.Optional("histograms", "What explicit-bucket histograms become. Default: classic.",
            Shapes.Choice(
                ("classic", ExplicitHistograms.Classic, "Series _bucket, _sum and _count."),
                ("native", ExplicitHistograms.Native, "One native histogram with custom bounds.")),
            defaults.Histograms);
        var scopeLabels = Property.Optional("scopeLabels", "Whether series bear the instrumentation scope as labels otel_scope_…. Default: false, as in Prometheus.",
            Shapes.Flag(), defaults.ScopeLabels);
        var operations = Property.Optional("operationsPerService", "Span names of one service that have series of their own; further ones are counted as (other). Default: 1000.",
            Shapes.Number(minimum: 1, maximum: 100_000), defaults.MaxOperationsPerService);
        return ConfigurationSection.Of(
            "otlp", "How OTLP metrics and traces become series.",
            new ObjectShape<OtlpOptions>("How OTLP metrics and traces become series.", [histograms, scopeLabels, operations],
                f => new OtlpOptions { Histograms = f.Get(histograms), ScopeLabels = f.Get(scopeLabels), MaxOperationsPerService = (int)f.Get(operations) }),
            defaults);
    }
}
