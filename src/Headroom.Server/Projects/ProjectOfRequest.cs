using Headroom.Configuration.Diagnostics;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Projects;

/// <summary>
/// Which project a request is judged by: the server's, or the one its owner names with <c>config=</c> over the data
/// directory's socket. Over TCP a path would let a stranger read files.
/// </summary>
internal sealed class ProjectOfRequest(string? serverConfig)
{
    public Project Load(HttpContext context) => ProjectFile.Load(PathFor(context));

    /// <summary>The project; null where there is no file.</summary>
    public Project? TryLoad(HttpContext context) => PathFor(context) is { } path ? ProjectFile.Load(path) : null;

    private string? PathFor(HttpContext context)
    {
        if (RequestParameters.OfQuery(context).Get("config") is not { } named) return serverConfig;
        if (!ConnectionKind.IsDataSocket(context))
            throw new ProblemException(new Problem("config-not-allowed", "A configuration file can be named only over the data directory's socket.", "config",
                "Leave it out: the server judges by its own configuration."));
        if (!Path.IsPathRooted(named)) throw RequestParameters.Invalid("config", "the path must be absolute.");
        return named;
    }
}
