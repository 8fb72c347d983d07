using System.Net;
using System.Text.Json;

namespace Headroom.Server.Tests.Query;

public sealed class PrometheusApiTests : IAsyncLifetime
{
    private static readonly long NowSeconds = RunningServer.Now.ToUnixTimeSeconds();

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.StoreAsync($$"""
            up{service="api",zone="a"} 1 {{(NowSeconds - 60) * 1000}}
            up{service="api",zone="a"} 1 {{NowSeconds * 1000}}
            up{service="web",zone="b"} 0 {{NowSeconds * 1000}}
            requests_total{service="api"} 10 {{(NowSeconds - 60) * 1000}}
            requests_total{service="api"} 40 {{NowSeconds * 1000}}

            """);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_instant_query_answers_in_the_envelope_of_prometheus()
    {
        var answer = await _server.GetAsync($"/api/v1/query?query=sum(up)&time={NowSeconds}");
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772366400,"1"]}]}}""", answer.Body);
    }

    [Fact]
    public async Task A_form_post_answers_as_the_get_does()
    {
        var get = await _server.GetAsync($"/api/v1/query?query=up&time={NowSeconds}");
        var post = await _server.PostFormAsync("/api/v1/query", ("query", "up"), ("time", RunningServer.Now.ToString("O")));
        Assert.Equal(get.Body, post.Body);
    }

    [Fact]
    public async Task Without_a_time_the_query_is_evaluated_now() =>
        Assert.Equal(NowSeconds, (await _server.GetAsync("/api/v1/query?query=vector(1)")).Data.GetProperty("result")[0].GetProperty("value")[0].GetDouble());

    [Fact]
    public async Task A_range_query_takes_durations_and_seconds_as_step()
    {
        var seconds = await _server.GetAsync($"/api/v1/query_range?query=requests_total&start={NowSeconds - 60}&end={NowSeconds}&step=60");
        var duration = await _server.GetAsync($"/api/v1/query_range?query=requests_total&start={NowSeconds - 60}&end={NowSeconds}&step=1m");
        Assert.Equal(seconds.Body, duration.Body);
        Assert.Equal(["10", "40"], seconds.Data.GetProperty("result")[0].GetProperty("values").EnumerateArray().Select(v => v[1].GetString()));
    }

    [Theory]
    [InlineData("query?query=sum(", 400, "bad_data", "invalid parameter \"query\": 1:5")]
    [InlineData("query", 400, "bad_data", "invalid parameter \"query\"")]
    [InlineData("query?query=up&time=tomorrow", 400, "bad_data", "invalid parameter \"time\"")]
    [InlineData("query?query=up&limit=-1", 400, "bad_data", "invalid parameter \"limit\"")]
    [InlineData("query_range?query=up&start=10&end=0&step=1", 400, "bad_data", "end timestamp must not be before start time")]
    [InlineData("query_range?query=up&start=0&end=10&step=0", 400, "bad_data", "zero or negative query resolution")]
    [InlineData("query_range?query=up&start=0&end=1000000&step=1", 400, "bad_data", "exceeded maximum resolution of 11,000 points")]
    [InlineData("query_range?query=up[5m]&start=0&end=10&step=1", 400, "bad_data", "invalid expression type")]
    [InlineData("query?query=up%20*%20on(job)%20up", 422, "execution", "many-to-many")]
    [InlineData("series", 400, "bad_data", "no match[] parameter provided")]
    [InlineData("series?match[]={", 400, "bad_data", "invalid parameter \"match[]\"")]
    public async Task A_bad_request_is_an_error_in_the_envelope(string path, int status, string type, string message)
    {
        var answer = await _server.GetAsync("/api/v1/" + path);
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal("error", answer.Json.GetProperty("status").GetString());
        Assert.Equal(type, answer.Json.GetProperty("errorType").GetString());
        Assert.Contains(message, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_and_their_values_are_listed_for_all_or_for_matching_series()
    {
        Assert.Equal(["__name__", "service", "zone"], Texts((await _server.GetAsync("/api/v1/labels")).Data));
        Assert.Equal(["__name__", "service"], Texts((await _server.GetAsync("/api/v1/labels?match[]=requests_total")).Data));
        Assert.Equal(["api", "web"], Texts((await _server.GetAsync("/api/v1/label/service/values")).Data));
        Assert.Equal(["api"], Texts((await _server.GetAsync("/api/v1/label/service/values?match[]=up{zone=\"a\"}")).Data));
        Assert.Equal(["requests_total", "up"], Texts((await _server.GetAsync("/api/v1/label/__name__/values")).Data));
    }

    [Fact]
    public async Task Series_are_listed_once_whatever_the_selectors()
    {
        var answer = await _server.GetAsync("/api/v1/series?match[]=up&match[]={service=\"api\"}");
        Assert.Equal(3, answer.Data.GetArrayLength());
    }

    [Fact]
    public async Task A_limit_cuts_the_answer_and_says_so()
    {
        foreach (string path in (string[])["query?query=up&limit=1", "labels?limit=1", "series?match[]=up&limit=1"])
        {
            var answer = await _server.GetAsync("/api/v1/" + path);
            Assert.Equal("results truncated due to limit", answer.Json.GetProperty("warnings")[0].GetString());
        }
        Assert.False((await _server.GetAsync("/api/v1/query?query=up&limit=2")).Json.TryGetProperty("warnings", out _));
    }

    [Fact]
    public async Task Annotations_stand_beside_the_data() =>
        Assert.NotEmpty((await _server.GetAsync("/api/v1/query?query=rate(up[5m])")).Json.GetProperty("infos").EnumerateArray());

    [Fact]
    public async Task What_grafana_asks_first_is_answered()
    {
        Assert.Equal("3.0.0", (await _server.GetAsync("/api/v1/status/buildinfo")).Data.GetProperty("version").GetString());
        Assert.Equal(JsonValueKind.Object, (await _server.GetAsync("/api/v1/metadata")).Data.ValueKind);
        Assert.Equal("sum by (service) (up)", (await _server.GetAsync("/api/v1/format_query?query=sum(up)by(service)")).Data.GetString());
        Assert.Equal("2", (await _server.PostFormAsync("/api/v1/query", ("query", "1+1"))).Data.GetProperty("result")[1].GetString());
    }

    [Fact]
    public async Task An_unknown_route_is_a_problem() =>
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), await Seen("/api/v1/nothing"));

    private async Task<(HttpStatusCode, string?)> Seen(string path)
    {
        var answer = await _server.GetAsync(path);
        return (answer.Status, answer.ContentType);
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(t => t.GetString()!)];
}
