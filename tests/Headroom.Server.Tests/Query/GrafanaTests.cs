using System.Net;
using System.Text.Json;

namespace Headroom.Server.Tests.Query;

/// <summary>
/// The calls that Grafana's Prometheus data source makes, in its order and form: "Save and test", then what its query
/// editor, annotations and alert list ask for. Resource calls go by POST of a form.
/// </summary>
public sealed class GrafanaTests : IAsyncLifetime
{
    private static readonly long Now = RunningServer.Now.ToUnixTimeSeconds();

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.StoreAsync($$"""
            requests_total{service="api",route="/cart"} 10 {{(Now - 60) * 1000}}
            requests_total{service="api",route="/cart"} 40 {{Now * 1000}}
            requests_total{service="web",route="/"} 4 {{Now * 1000}}

            """);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Save_and_test_succeeds()
    {
        var health = await _server.PostFormAsync("/api/v1/query", ("query", "1+1"), ("time", "4"));
        Assert.Equal("""{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}""", health.Body);
        var build = await _server.GetAsync("/api/v1/status/buildinfo");
        Assert.StartsWith("3.", build.Data.GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.False(build.Data.TryGetProperty("features", out _));
    }

    [Theory]
    [InlineData("labels", "[\"__name__\",\"route\",\"service\"]")]
    [InlineData("label/route/values", "[\"/\",\"/cart\"]")]
    [InlineData("label/__name__/values", "[\"requests_total\"]")]
    [InlineData("series", "[{\"__name__\":\"requests_total\",\"route\":\"/\",\"service\":\"web\"},{\"__name__\":\"requests_total\",\"route\":\"/cart\",\"service\":\"api\"}]")]
    public async Task The_query_editor_finds_metrics_labels_and_values_by_post_and_by_get(string call, string data)
    {
        (string, string)[] form = [("match[]", "requests_total"), ("start", $"{Now - 3600}"), ("end", $"{Now}"), ("limit", "40000")];
        var post = await _server.PostFormAsync("/api/v1/" + call, form);
        Assert.Equal(data, Minified(post.Data));
        string query = string.Join('&', form.Select(f => $"{Uri.EscapeDataString(f.Item1)}={Uri.EscapeDataString(f.Item2)}"));
        Assert.Equal(post.Body, (await _server.GetAsync($"/api/v1/{call}?{query}")).Body);
    }

    [Fact]
    public async Task A_panel_asks_for_a_range_and_gets_a_matrix()
    {
        var answer = await _server.PostFormAsync("/api/v1/query_range",
            ("query", "sum by (service) (requests_total{route=~\"/.*\"})"), ("start", $"{Now - 60}.000"), ("end", $"{Now}.000"), ("step", "15"));
        Assert.Equal("matrix", answer.Data.GetProperty("resultType").GetString());
        Assert.Equal(["api", "web"], answer.Data.GetProperty("result").EnumerateArray().Select(s => s.GetProperty("metric").GetProperty("service").GetString()));
    }

    [Theory]
    [InlineData("metadata", JsonValueKind.Object)]
    [InlineData("metadata?limit=10&limit_per_metric=1&metric=requests_total", JsonValueKind.Object)]
    [InlineData("query_exemplars?query=requests_total&start=1772366400&end=1772366401", JsonValueKind.Array)]
    public async Task Hints_and_exemplars_are_answered(string call, JsonValueKind kind)
    {
        var answer = await _server.GetAsync("/api/v1/" + call);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(kind, answer.Data.ValueKind);
    }

    [Fact]
    public async Task The_alert_list_is_empty_and_no_error()
    {
        Assert.Equal("""{"groups":[]}""", Minified((await _server.GetAsync("/api/v1/rules")).Data));
        Assert.Equal("""{"alerts":[]}""", Minified((await _server.GetAsync("/api/v1/alerts")).Data));
    }

    [Fact]
    public async Task Statistics_stand_beside_the_result_when_asked_for()
    {
        string query = $"/api/v1/query?query=requests_total&time={Now}";
        var samples = (await _server.GetAsync(query + "&stats=all")).Data.GetProperty("stats").GetProperty("samples");
        Assert.Equal(3, samples.GetProperty("totalQueryableSamples").GetInt64());
        Assert.True(samples.GetProperty("peakSamples").GetInt64() >= 2);
        Assert.False((await _server.GetAsync(query)).Data.TryGetProperty("stats", out _));
    }

    [Fact]
    public async Task The_look_back_of_one_request_can_be_set()
    {
        string query = $"/api/v1/query?query=requests_total&time={Now + 120}";
        Assert.Equal(2, (await _server.GetAsync(query)).Data.GetProperty("result").GetArrayLength());
        Assert.Equal(0, (await _server.GetAsync(query + "&lookback_delta=1m")).Data.GetProperty("result").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.GetAsync(query + "&lookback_delta=-1")).Status);
    }

    private static string Minified(JsonElement json) => json.GetRawText();
}
