using Headroom.Configuration.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Problems;

/// <summary>
/// Metadata of a route whose protocol has a form of its own for errors: it writes the body instead of problem+json. The
/// status and <c>Retry-After</c> are set already.
/// </summary>
internal interface IProblemWriter
{
    Task WriteAsync(HttpContext context, IReadOnlyList<Problem> problems, int status);
}
