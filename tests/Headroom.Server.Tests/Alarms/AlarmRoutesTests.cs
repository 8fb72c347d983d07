using System.Net;

namespace Headroom.Server.Tests.Alarms;

public sealed class AlarmRoutesTests
{
    private const string Yaml = """
        project: shop
        slos:
          - { name: api availability, objective: 99%, window: 1h, bad: 'sum(increase(errors_total[$window]))', total: 'sum(increase(requests_total[$window]))' }
        alarms:
          - { name: deep, query: depth, when: "> 5", actions: [{ webhook: "https://hooks.example/S3CRET" }] }
          - { name: any, rule: ALARM(deep) }
        silences: [{ match: 'queue="b"', until: 2026-12-31 }]
        """;

    [Fact]
    public async Task Alarms_are_evaluated_on_request_where_nothing_evaluates_them()
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        await server.StoreAsync("depth{queue=\"a\"} 3\ndepth{queue=\"b\"} 7\n");
        var answer = await server.GetAsync("/api/alarms");
        var alarms = answer.Json.GetProperty("alarms");
        Assert.Equal(["ALARM", "ALARM"], alarms.EnumerateArray().Select(a => a.GetProperty("state").GetString()));
        var series = alarms[0].GetProperty("series");
        Assert.Equal(("b", "ALARM", 7.0), (series[0].GetProperty("labels").GetProperty("queue").GetString(), series[0].GetProperty("state").GetString(), series[0].GetProperty("value").GetDouble()));
        Assert.StartsWith("silence file:", series[0].GetProperty("mutedBy").GetString(), StringComparison.Ordinal);
        Assert.Equal("OK", series[1].GetProperty("state").GetString());
        Assert.False(answer.Json.GetProperty("recorded").GetBoolean());
        Assert.DoesNotContain("S3CRET", answer.Body, StringComparison.Ordinal);
        // Only looked at: nothing was recorded.
        Assert.Equal(0, (await server.GetAsync("/api/alarms/deep/history")).Json.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public async Task Silences_are_added_listed_and_removed()
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        var added = await server.PostAsync("/api/silences", """{"match":"alarm=\"deep\"","for":"2h","comment":"why","by":"me"}""");
        Assert.Equal(HttpStatusCode.Created, added.Status);
        string id = added.Json.GetProperty("id").GetString()!;
        var listed = (await server.GetAsync("/api/silences")).Json.GetProperty("silences").EnumerateArray().ToList();
        Assert.Equal(["queue=\"b\"", "alarm=\"deep\""], listed.Select(s => s.GetProperty("match").GetString()));
        Assert.All(listed, s => Assert.True(s.GetProperty("active").GetBoolean()));
        Assert.Equal(HttpStatusCode.NoContent, (await server.Http.DeleteAsync(new Uri("/api/silences/" + id, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.DeleteAsync(new Uri("/api/silences/" + id, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("{}", "match")]
    [InlineData("""{"match":"a=b","for":"1h"}""", "match")]
    [InlineData("""{"match":"a=\"b\""}""", "until")]
    [InlineData("""{"match":"a=\"b\"","for":"soon"}""", "for")]
    [InlineData("""{"match":"a=\"b\"","until":"yesterday"}""", "until")]
    [InlineData("""{"match":"a=\"b\"","until":"2020-01-01T00:00:00Z"}""", "until")]
    [InlineData("""{"match":"a=\"b\"","for":"1h","extra":1}""", "extra")]
    [InlineData("[]", "body")]
    [InlineData("not json", "body")]
    public async Task A_silence_that_cannot_be_is_refused_with_the_field(string body, string field)
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        var answer = await server.PostAsync("/api/silences", body);
        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.Status, answer.Json.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Slos_are_judged_and_explained()
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        long now = RunningServer.Now.ToUnixTimeMilliseconds();
        await server.StoreAsync(string.Concat(Enumerable.Range(0, 61).Select(i => $"requests_total {i * 100} {now - ((60 - i) * 60_000)}\nerrors_total {i * 2} {now - ((60 - i) * 60_000)}\n")));
        var slo = (await server.GetAsync("/api/slos?explain=true")).Json.GetProperty("slos")[0];
        Assert.Equal(("missed", 98.0), (slo.GetProperty("status").GetString(), slo.GetProperty("sliPercent").GetDouble()));
        Assert.Equal(-100, slo.GetProperty("budgetRemainingPercent").GetDouble(), 6);
        Assert.Equal("sum(increase(requests_total[1h]))", slo.GetProperty("explain").GetProperty("queries")[0].GetProperty("query").GetString());
        Assert.Equal(slo.GetProperty("to").GetString(), slo.GetProperty("forecast").GetProperty("exhaustedAt").GetString());
        var history = (await server.GetAsync("/api/slos/api%20availability/history?period=day&count=2")).Json.GetProperty("periods");
        Assert.Equal([("2026-02-28", "no data"), ("2026-03-01", "missed")], history.EnumerateArray().Select(p => (p.GetProperty("period").GetString()!, p.GetProperty("status").GetString()!)));
    }

    [Theory]
    [InlineData("/api/slos/nothing/history", HttpStatusCode.NotFound)]
    [InlineData("/api/slos?name=api%20availabilty", HttpStatusCode.NotFound)]
    [InlineData("/api/slos/api%20availability/history?period=fortnight", HttpStatusCode.BadRequest)]
    [InlineData("/api/slos/api%20availability/history?zone=Mars", HttpStatusCode.BadRequest)]
    [InlineData("/api/slos/api%20availability/history?count=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/alarms/nothing/history", HttpStatusCode.NotFound)]
    [InlineData("/api/alarms?at=never", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_asked_is_refused(string path, HttpStatusCode status)
    {
        await using var server = await RunningServer.StartAsync(Yaml);
        Assert.Equal(status, (await server.GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_circle_of_alarms_is_refused_when_the_file_is_read()
    {
        await using var server = await RunningServer.StartAsync("alarms:\n  - {name: a, rule: ALARM(b)}\n  - {name: b, rule: ALARM(a)}\n");
        var answer = await server.GetAsync("/api/alarms");
        Assert.Equal((HttpStatusCode.BadRequest, "alarm-circle"), (answer.Status, answer.Json.GetProperty("code").GetString()));
        Assert.Contains("a -> b -> a", answer.Json.GetProperty("title").GetString(), StringComparison.Ordinal);
    }
}
