using System.Net;
using System.Text.Json;

namespace Headroom.Server.Tests.Status;

public sealed class StatusRoutesTests
{
    private const string Yaml = "project: shop\nkpis:\n  - { name: Depth, query: depth, target: \"< 5\", critical: \"> 50\" }\n";

    [Fact]
    public async Task Status_and_reports_judge_the_servers_project()
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        await server.StoreAsync("depth{queue=\"a\"} 3\ndepth{queue=\"b\"} 7\n");
        var kpis = (await server.GetAsync("/api/status")).Json.GetProperty("kpis");
        Assert.Equal(["missed", "met"], kpis.EnumerateArray().Select(k => k.GetProperty("status").GetString()));
        Assert.Equal("b", kpis[0].GetProperty("labels").GetProperty("queue").GetString());

        Assert.StartsWith("<!", (await server.GetAsync("/api/report/daily")).Body);
        Assert.Contains("Depth", (await server.GetAsync("/api/report/daily?format=markdown")).Body);
        Assert.Equal(2, (await server.GetAsync("/api/report/daily?format=json")).Json.GetProperty("status").GetProperty("kpis").GetArrayLength());
        Assert.Contains("Depth", (await server.GetAsync("/")).Body);
    }

    [Fact]
    public async Task A_query_that_finds_nothing_is_no_data_and_never_met()
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        var kpi = (await server.GetAsync("/api/status")).Json.GetProperty("kpis")[0];
        Assert.Equal("no data", kpi.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, kpi.GetProperty("value").ValueKind);
    }

    [Theory]
    [InlineData("/api/status?at=never", "at")]
    [InlineData("/api/status?at=1e12", "at")]
    [InlineData("/api/report/daily?format=pdf", "format")]
    [InlineData("/api/status?config=/etc/passwd", "config")]
    public async Task A_parameter_that_cannot_be_used_is_named(string path, string field)
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        var answer = await server.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, answer.Json.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Over_the_socket_the_owner_names_the_file_to_judge_by()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("depth 3\n");
        string file = Path.Combine(server.DataDirectory, "other.yaml");
        await File.WriteAllTextAsync(file, Yaml);
        var answer = await Answer.OfAsync(await server.Socket.GetAsync(new Uri($"/api/status?config={Uri.EscapeDataString(file)}", UriKind.Relative)));
        Assert.Equal("shop", answer.Json.GetProperty("project").GetString());
        Assert.Equal("no-configuration", (await server.GetAsync("/api/status")).Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_edited_file_counts_at_once_and_a_broken_one_says_every_error()
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        string file = Path.Combine(server.DataDirectory, "..", "headroom.yaml");
        await File.WriteAllTextAsync(file, "project: renamed\nkpis: []\n");
        Assert.Equal("renamed", (await server.GetAsync("/api/status")).Json.GetProperty("project").GetString());
        await File.WriteAllTextAsync(file, "projcet: x\nkpis:\n  - { name: A, query: \"sum(\" }\n");
        var broken = await server.GetAsync("/api/status");
        Assert.Equal(HttpStatusCode.BadRequest, broken.Status);
        Assert.Equal(2, broken.Json.GetProperty("problems").GetArrayLength());
    }

    [Fact]
    public async Task Json_is_readable_and_pages_are_safe_whatever_a_name_holds()
    {
        await using var server = await RunningServer.StartAsync("project: p\nkpis:\n  - { name: \"<b>Latency</b> & 'more'\", query: up < 1, target: \"< 0.1\" }\n");
        foreach (string path in (string[])["/api/status", "/api/report/daily?format=json", "/api/samples?service=%3Cb%3E", "/api/v1/query?query=%3Cb%3E"])
        {
            var answer = await server.GetAsync(path);
            Assert.DoesNotContain("\\u003C", answer.Body, StringComparison.OrdinalIgnoreCase);
            Assert.EndsWith("json", answer.ContentType);
            Assert.Equal("nosniff", Assert.Single(answer.Response.Headers.GetValues("X-Content-Type-Options")));
        }
        Assert.Contains("< 0.1", (await server.GetAsync("/api/status")).Body);
        foreach (string path in (string[])["/", "/api/report/daily"])
            Assert.DoesNotContain("<b>Latency", (await server.GetAsync(path)).Body);
    }

    [Fact]
    public async Task What_a_comparison_notes_stands_in_every_face_of_the_report()
    {
        await using var server = await RunningServer.StartAsync("project: p\nkpis:\n  - { name: Latency, query: latency_seconds, target: \"< 1\" }\n");
        for (int hour = 0; hour < 48; hour++)
            await server.PostAsync("/metrics", $$"""{"service_name":"a","metric_type":"latency_seconds","value":0.1,"unit":"s","timestamp":{{(RunningServer.Now.AddHours(hour - 47)).ToUnixTimeSeconds()}}}""");
        Assert.All(["json", "markdown", "html"], format => Assert.Contains("gives histograms, which are left out", server.GetAsync("/api/report/daily?format=" + format).Result.Body));
    }
}
