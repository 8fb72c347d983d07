using Headroom.Server.Caching;
using Headroom.Server.Keys;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_route_is_described_and_every_described_route_exists()
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await server.GetAsync("/openapi.json");
        var described = answer.Json.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}"));
        Assert.Equal(server.Server.Routes.Select(r => $"{r.Method} {r.Pattern}").Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_route_is_described_with_the_scope_it_needs_and_with_how_it_refuses()
    {
        await using var server = await RunningServer.StartAsync();
        var paths = (await server.GetAsync("/openapi.json")).Json.GetProperty("paths");
        foreach (var endpoint in server.Server.Endpoints)
        {
            var need = endpoint.Metadata.GetMetadata<NeededScope>() ?? NeededScope.Unsaid;
            foreach (string method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                // One that is not described at all is the test above's to tell.
                if (!paths.TryGetProperty(endpoint.RoutePattern.RawText!, out var path) || !path.TryGetProperty(method.ToLowerInvariant(), out var described)) continue;
                string[] scopes = [.. described.GetProperty("security").EnumerateArray().SelectMany(s => s.GetProperty("key").EnumerateArray()).Select(s => s.GetString()!)];
                Assert.Equal(KeyScopeWords.WordsOf(need.Scope), scopes);
                var statuses = described.GetProperty("responses").EnumerateObject().Select(r => r.Name).ToHashSet();
                if (need.Scope != KeyScopes.None) Assert.Superset(new HashSet<string> { "401", "403", "429" }, statuses);
                // What stands in the path is described, and what a kept answer is told apart by is.
                var parameters = described.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Select(p => p.GetProperty("name").GetString()!).ToHashSet() : [];
                Assert.All(endpoint.RoutePattern.Parameters, p => Assert.Contains(p.Name, parameters));
                if (method == "GET" && CacheRule.ByRoute.TryGetValue(endpoint.RoutePattern.RawText!, out var rule)) Assert.Superset(rule.Keys.ToHashSet(), parameters);
            }
        }
    }

    [Fact]
    public void No_route_writes_json_by_the_default_encoder_which_escapes_what_people_read() => Assert.All(
        Directory.GetFiles(Path.Combine(RepositoryRoot(), "src", "Headroom.Server"), "*.cs", SearchOption.AllDirectories),
        file => Assert.DoesNotMatch(@"new Utf8JsonWriter\(context\.Response\.BodyWriter\)|SerializeAsync\(context\.Response", File.ReadAllText(file)));

    [Fact]
    public async Task Every_reference_in_the_description_leads_somewhere()
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await server.GetAsync("/openapi.json");
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(answer.Body, "\"\\$ref\": ?\"#/([^\"]+)\""))
        {
            var at = answer.Json;
            foreach (string part in match.Groups[1].Value.Split('/')) at = at.GetProperty(part);
        }
    }

    [Fact]
    public async Task Every_route_stands_in_the_document_for_people()
    {
        await using var server = await RunningServer.StartAsync();
        string document = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), "docs", "http-api.md"));
        Assert.All(server.Server.Routes, r => Assert.Contains(r.Pattern, document, StringComparison.Ordinal));
    }

    private static string RepositoryRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Headroom.slnx"))) at = at.Parent!;
        return at.FullName;
    }
}
