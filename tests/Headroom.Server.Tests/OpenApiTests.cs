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
