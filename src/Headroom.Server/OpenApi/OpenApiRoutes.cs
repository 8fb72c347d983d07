using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Server.Keys;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Headroom.Server.OpenApi;

/// <summary>
/// <c>GET /openapi.json</c>: the description of every route. What each is for is written by hand, because generating it would cost every
/// start of a command the reflection it needs, and a test holds it to the routes that are mapped. What the server's own house adds to
/// each (the scope it needs, how it refuses) is taken from the routes themselves, when somebody first asks.
/// </summary>
internal static class OpenApiRoutes
{
    private const string Resource = "Headroom.Server.OpenApi.openapi.json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        byte[]? described = null;
        routes.MapGet("/openapi.json", async context =>
        {
            context.Response.ContentType = "application/json";
            described ??= Describe(context.RequestServices.GetRequiredService<EndpointDataSource>());
            await context.Response.Body.WriteAsync(described, context.RequestAborted);
        }).Needs(KeyScopes.Read);
    }

    private static byte[] Describe(EndpointDataSource source)
    {
        using var written = typeof(OpenApiRoutes).Assembly.GetManifestResourceStream(Resource)!;
        var document = JsonNode.Parse(written)!;
        foreach (var endpoint in source.Endpoints.OfType<RouteEndpoint>())
            foreach (string method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
                if (document["paths"]![endpoint.RoutePattern.RawText!]?[method.ToLowerInvariant()] is JsonObject operation)
                    Complete(operation, (endpoint.Metadata.GetMetadata<NeededScope>() ?? NeededScope.Unsaid).Scope);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ApiJson.Options)) document.WriteTo(json);
        return buffer.ToArray();
    }

    private static void Complete(JsonObject operation, KeyScopes scope)
    {
        if (scope == KeyScopes.None)
        {
            operation["security"] = new JsonArray();
            return;
        }
        operation["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray([.. KeyScopeWords.WordsOf(scope).Select(w => (JsonNode)w)]) });
        var responses = operation["responses"]!.AsObject();
        foreach (var (status, name) in ((string, string)[])[("401", "KeyRequired"), ("403", "ScopeMissing"), ("429", "Overloaded")])
            if (responses[status] is null)
                responses[status] = new JsonObject { ["$ref"] = "#/components/responses/" + name };
    }
}
