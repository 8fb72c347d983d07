using System.Globalization;
using System.Net;
using System.Text.Json;
using Headroom.Objectives.Regressions;
using Headroom.Server.Regressions;

namespace Headroom.Server.Tests.Regressions;

public sealed class RegressionRoutesTests : IAsyncLifetime
{
    private const string Windows = "\"before\":{\"from\":\"1700000000\",\"to\":\"1700000020\"},\"after\":{\"from\":\"1700000020\",\"to\":\"1700000040\"}";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync("project: p\nkpis:\n  - { name: Latency, query: latency_seconds, target: \"< 1\" }\n");
        var random = new Random(3);
        await _server.StoreAsync(string.Concat(Enumerable.Range(1, 40).SelectMany(second => new[]
        {
            Line("search", second, (second <= 20 ? 0.030 : 0.060) * (0.95 + (random.NextDouble() / 10))),
            Line("users", second, 0.010 * (0.95 + (random.NextDouble() / 10))),
        })));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(",\"slot\":\"1s\"")]
    [InlineData(",\"slot\":\"1\",\"queries\":[\"latency_seconds\"]")]
    [InlineData("")]
    public async Task The_series_that_doubled_is_the_regression(string more)
    {
        var answer = await _server.PostAsync("/api/regressions", $"{{{Windows}{more}}}");
        var findings = RegressionJson.Read(answer.Json).Findings;
        Assert.Equal(["search", "users"], findings.Select(f => f.Labels["endpoint"]));
        Assert.Equal([RegressionVerdict.Regression, RegressionVerdict.Unchanged], findings.Select(f => f.Verdict));
        Assert.Equal(100, findings[0].ChangePercent, 10.0);
        Assert.True(findings[0].PValue < 0.001);
    }

    [Theory]
    [InlineData("[]", "body")]
    [InlineData("{}", "before")]
    [InlineData("{\"before\":{\"from\":\"x\",\"to\":\"1\"},\"after\":{\"from\":\"1\",\"to\":\"2\"}}", "before.from")]
    [InlineData("{\"before\":{\"from\":\"2\",\"to\":\"1\"},\"after\":{\"from\":\"1\",\"to\":\"2\"}}", "before")]
    [InlineData("{" + Windows + ",\"slot\":\"often\"}", "slot")]
    [InlineData("{" + Windows + ",\"slot\":\"1h\"}", "slot")]
    [InlineData("{" + Windows + ",\"significance\":2}", "significance")]
    [InlineData("{" + Windows + ",\"tolerance\":2}", "tolerance")]
    public async Task A_request_that_cannot_be_used_names_the_field(string body, string field)
    {
        var answer = await _server.PostAsync("/api/regressions", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, answer.Json.GetProperty("field").GetString());
    }

    private static string Line(string endpoint, int second, double value) =>
        string.Create(CultureInfo.InvariantCulture, $"latency_seconds{{endpoint=\"{endpoint}\"}} {value:R} {(1_700_000_000 + second) * 1000L}\n");
}
