using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Metrics;
using Headroom.Objectives.Alarms;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Objectives.Bottlenecks;
using Headroom.Objectives.Experiments;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Slos;
using Headroom.Server.Alarms;

namespace Headroom.Server.Projects;

/// <summary>
/// The project's headroom.yaml with every section this program knows. Read anew on each use: it is small, and an edit
/// shows at once.
/// </summary>
public static class ProjectFile
{
    private static readonly ConfigurationSection<IReadOnlyList<KpiDefinition>> KpisOf = KpisSection.Create(PromqlCheck.WhatIsWrong);

    private static readonly ConfigurationSection<IReadOnlyList<BottleneckQuery>> BottlenecksOf = BottlenecksSection.Create(PromqlCheck.WhatIsWrong);

    private static ConfigurationSection[] Sections =>
    [
        MetricsSettings.Section,
        SourcesSettings.Section,
        OtlpSettings.Section,
        KpisOf,
        ExperimentsSection.Section,
        BottlenecksOf,
        .. AlarmBindings.Sections,
        ServerSettings.Section,
    ];

    /// <summary>The loader, for checking a file and for the JSON Schema.</summary>
    public static ConfigurationLoader Loader { get; } = LoaderOver(new DiskFiles(), Environment.GetEnvironmentVariable);

    /// <summary>A loader of the same sections from other files.</summary>
    internal static ConfigurationLoader LoaderOver(IConfigurationFiles files, Func<string, string?> environment) => new(Sections, files, environment);

    /// <summary>Loads a project.</summary>
    /// <exception cref="ProblemException">There is no file, or it has problems; all of them are given.</exception>
    public static Project Load(string? path)
    {
        if (path is null)
            throw new ProblemException(new Problem("no-configuration", "There is no headroom.yaml, so there are no KPIs to judge.", null,
                "Write one (docs/configuration.md shows how), and start in its folder or name it with -c FILE."));
        var configuration = Loader.Load(path, Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow();
        return new Project(configuration.Project, KpisIn(configuration), configuration.Get(ExperimentsSection.Section), configuration.Get(BottlenecksOf)) { Alarming = AlarmBindings.ProjectIn(configuration) };
    }

    /// <summary>The project's name by its file; null without one.</summary>
    public static string? NameOf(string? path) =>
        path is null ? null : Loader.Load(path, Path.GetDirectoryName(Path.GetFullPath(path))!).Configuration?.Project;

    /// <summary>The KPIs of a loaded configuration.</summary>
    public static IReadOnlyList<KpiDefinition> KpisIn(ProjectConfiguration configuration) => configuration.Get(KpisOf);

    /// <summary>What a configuration names that must be reached over HTTP, each with what it is.</summary>
    public static IEnumerable<(string What, Uri Address)> AddressesIn(ProjectConfiguration configuration)
    {
        var sources = configuration.Get(SourcesSettings.Section);
        foreach (var target in sources.Scrape) yield return ("scrape target", target.Url);
        foreach (var probe in sources.Probes) yield return ("probe", probe.Url);
        if (configuration.Get(ServerSettings.Section).Telemetry is { Otlp: { } collector, Protocol: Telemetry.OtlpTransport.Http }) yield return ("OTLP collector", collector);
    }

    /// <summary>How the server itself runs, by the file; the defaults without one.</summary>
    public static ServerSettings ServerOf(string? path) =>
        path is null ? new ServerSettings() : Loader.Load(path, Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow().Get(ServerSettings.Section);

    /// <summary>What is collected, by the file; nothing without one.</summary>
    public static SourcesSettings SourcesOf(string? path) => Of(path, SourcesSettings.Section);

    /// <summary>Where measurements live, by the file; the defaults without one.</summary>
    public static MetricsSettings MetricsOf(string? path) => Of(path, MetricsSettings.Section);

    /// <summary>How OTLP becomes series, by the file; the defaults without one.</summary>
    public static OtlpOptions OtlpOf(string? path) => Of(path, OtlpSettings.Section);

    private static T Of<T>(string? path, ConfigurationSection<T> section) =>
        Loader.Load(path, path is null ? Path.GetTempPath() : Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow().Get(section);
}

/// <summary>What a project's file says.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="Kpis">Its KPIs, in the file's order.</param>
/// <param name="Experiments">Its A/B tests.</param>
/// <param name="Bottlenecks">Its queries for bottlenecks, beside the usual ones.</param>
public sealed record Project(string Name, IReadOnlyList<KpiDefinition> Kpis, IReadOnlyList<ExperimentDefinition> Experiments, IReadOnlyList<BottleneckQuery> Bottlenecks)
{
    /// <summary>Its alarms, with what they watch and how they are told.</summary>
    public required AlarmProject Alarming { get; init; }

    /// <summary>Its SLOs, in the file's order.</summary>
    public IReadOnlyList<SloDefinition> Slos => Alarming.Slos;
}
