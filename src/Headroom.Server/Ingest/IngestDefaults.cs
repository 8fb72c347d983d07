using Headroom.Metrics.Ingest;
using Headroom.Server.Query;

namespace Headroom.Server.Ingest;

/// <summary>What is added to series that do not bring it.</summary>
/// <param name="Project">The project's name by its headroom.yaml; null without one.</param>
internal sealed record IngestDefaults(string? Project)
{
    /// <summary>The label <c>service</c> of series with neither that label nor <c>job</c>.</summary>
    public string Service => Project ?? ServiceLabel.Unknown;

    /// <summary>
    /// The same for an import, which may say it with <c>service=</c>, and without a project name its file with
    /// <c>file=</c>.
    /// </summary>
    public string ServiceOf(RequestParameters parameters) => parameters.Get("service") ?? Project ?? parameters.Get("file") ?? ServiceLabel.Unknown;
}
