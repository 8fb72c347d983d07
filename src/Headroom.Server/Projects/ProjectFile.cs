using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Metrics;
using Headroom.Objectives.Experiments;
using Headroom.Objectives.Kpis;

namespace Headroom.Server.Projects;

/// <summary>
/// The project's headroom.yaml with every section this program knows. Read anew on each use: it is small, and an edit
/// shows at once.
/// </summary>
public static class ProjectFile
{
    private static readonly ConfigurationSection<IReadOnlyList<KpiDefinition>> KpisOf = KpisSection.Create(PromqlCheck.WhatIsWrong);

    /// <summary>The loader, for checking a file and for the JSON Schema.</summary>
    public static ConfigurationLoader Loader { get; } = new([MetricsSettings.Section, KpisOf, ExperimentsSection.Section, ServerSettings.Section], new DiskFiles(), Environment.GetEnvironmentVariable);

    /// <summary>Loads a project.</summary>
    /// <exception cref="ProblemException">There is no file, or it has problems; all of them are given.</exception>
    public static Project Load(string? path)
    {
        if (path is null)
            throw new ProblemException(new Problem("no-configuration", "There is no headroom.yaml, so there are no KPIs to judge.", null,
                "Write one (docs/configuration.md shows how), and start in its folder or name it with -c FILE."));
        var configuration = Loader.Load(path, Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow();
        return new Project(configuration.Project, KpisIn(configuration), configuration.Get(ExperimentsSection.Section));
    }

    /// <summary>The KPIs of a loaded configuration.</summary>
    public static IReadOnlyList<KpiDefinition> KpisIn(ProjectConfiguration configuration) => configuration.Get(KpisOf);

    /// <summary>What a configuration names that must be reached over HTTP, each with what it is.</summary>
    public static IEnumerable<(string What, Uri Address)> AddressesIn(ProjectConfiguration configuration)
    {
        if (configuration.Get(ServerSettings.Section).Telemetry is { Otlp: { } collector, Protocol: Telemetry.OtlpTransport.Http }) yield return ("OTLP collector", collector);
    }

    /// <summary>How the server itself runs, by the file; the defaults without one.</summary>
    public static ServerSettings ServerOf(string? path) =>
        path is null ? new ServerSettings() : Loader.Load(path, Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow().Get(ServerSettings.Section);

    /// <summary>Where measurements live, by the file; the defaults without one.</summary>
    public static MetricsSettings MetricsOf(string? path) =>
        Loader.Load(path, path is null ? Path.GetTempPath() : Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow().Get(MetricsSettings.Section);
}

/// <summary>What a project's file says.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="Kpis">Its KPIs, in the file's order.</param>
/// <param name="Experiments">Its A/B tests.</param>
public sealed record Project(string Name, IReadOnlyList<KpiDefinition> Kpis, IReadOnlyList<ExperimentDefinition> Experiments);
