using Headroom.Server.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.OpenApi;

/// <summary>
/// <c>GET /openapi.json</c>: the description of every route. It is written by hand, because generating it would cost every start of a
/// command the reflection it needs; a test holds it to the routes that are mapped.
/// </summary>
internal static class OpenApiRoutes
{
    private const string Resource = "Headroom.Server.OpenApi.openapi.json";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/openapi.json", async context =>
    {
        context.Response.ContentType = "application/json";
        await using var document = typeof(OpenApiRoutes).Assembly.GetManifestResourceStream(Resource)!;
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }).Needs(KeyScopes.Read);
}
