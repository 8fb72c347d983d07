using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Metrics;
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
    public static ConfigurationLoader Loader { get; } = new([MetricsSettings.Section, KpisOf, ServerSettings.Section], new DiskFiles(), Environment.GetEnvironmentVariable);

    /// <summary>Loads a project.</summary>
    /// <exception cref="ProblemException">There is no file, or it has problems; all of them are given.</exception>
    public static Project Load(string? path)
    {
        if (path is null)
            throw new ProblemException(new Problem("no-configuration", "There is no headroom.yaml, so there are no KPIs to judge.", null,
                "Write one (docs/configuration.md shows how), and start in its folder or name it with -c FILE."));
        var configuration = Loader.Load(path, Path.GetDirectoryName(Path.GetFullPath(path))!).OrThrow();
        return new Project(configuration.Project, KpisIn(configuration));
    }

    /// <summary>The KPIs of a loaded configuration.</summary>
    public static IReadOnlyList<KpiDefinition> KpisIn(ProjectConfiguration configuration) => configuration.Get(KpisOf);

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
public sealed record Project(string Name, IReadOnlyList<KpiDefinition> Kpis);
