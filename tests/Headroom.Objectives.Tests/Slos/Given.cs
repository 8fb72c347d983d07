using Headroom.Configuration.Loading;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Testing;
using Headroom.Objectives.Slos;
using Headroom.Objectives.Tests.Documents;

namespace Headroom.Objectives.Tests.Slos;

/// <summary>Series and definitions for tests, in the notations people write them in.</summary>
internal static class Given
{
    /// <summary>The first sample's instant when a test does not say otherwise.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Series one minute (or as given) apart, from the epoch on.</summary>
    public static IMetricsBackend Series(params ReadOnlySpan<(string Series, string Values)> series) => Series(TimeSpan.FromMinutes(1), series);

    public static IMetricsBackend Series(TimeSpan interval, params ReadOnlySpan<(string Series, string Values)> series)
    {
        var source = new MemorySeriesSource();
        foreach (var (labels, values) in series) SeriesNotation.Load(values, SeriesNotation.Series(labels), (long)interval.TotalMilliseconds, source);
        return new SeriesBackend(source, TimeProvider.System);
    }

    /// <summary>An instant so long after the first sample.</summary>
    public static DateTimeOffset At(TimeSpan after) => DateTimeOffset.UnixEpoch + after;

    public static IReadOnlyList<SloDefinition> Slos(string yaml) => Load(yaml).Slos;

    public static SloDefinition Slo(string body) => Assert.Single(Slos("slos:\n  - " + body.Trim().Replace("\n", "\n    ", StringComparison.Ordinal) + "\n"));

    public static AlarmProject Load(string yaml, AlarmPorts? ports = null)
    {
        var slos = SlosSection.Create(Yaml.CheckQuery);
        var alarms = AlarmsSection.Create(Yaml.CheckQuery, ports ?? AlarmPorts.None);
        var configuration = Outcome(yaml, slos, alarms).OrThrow();
        return new AlarmProject(configuration.Get(alarms), configuration.Get(slos), configuration.Get(AlertingSections.Alerting), configuration.Get(AlertingSections.Silences), configuration.Get(AlertingSections.Maintenance));
    }

    /// <summary>The codes of what is wrong with a file.</summary>
    public static IReadOnlyList<string> Problems(string yaml) =>
        [.. Outcome(yaml, SlosSection.Create(Yaml.CheckQuery), AlarmsSection.Create(Yaml.CheckQuery, AlarmPorts.None)).Problems.Select(p => p.Code)];

    private static ConfigurationOutcome Outcome(string yaml, Headroom.Configuration.Sections.ConfigurationSection slos, Headroom.Configuration.Sections.ConfigurationSection alarms) =>
        new ConfigurationLoader([slos, alarms, AlertingSections.Alerting, AlertingSections.Silences, AlertingSections.Maintenance],
            new Yaml.Files(new Dictionary<string, string> { ["headroom.yaml"] = yaml }), _ => null).Load("headroom.yaml", "/srv");
}
