using System.Net;

namespace Headroom.Server.Tests.Samples;

public sealed class SampleRoutesTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Samples_come_newest_first_with_what_was_said_beside_them_a_page_at_a_time()
    {
        var items = Enumerable.Range(0, 25).Select(i =>
            $$$"""{"service_name":"api","metric_type":"latency","value":{{{i}}},"unit":"ms","timestamp":"2026-03-01T11:59:{{{i:00}}}Z","metadata":{"n":{{{i}}}},"labels":{"zone":"a"}}""");
        await _server.PostAsync("/metrics", "[" + string.Join(',', items) + "]");

        var seen = new List<double>();
        string? cursor = null;
        do
        {
            var page = (await _server.GetAsync($"/api/samples?service=api&metric=latency&limit=10{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}")).Json;
            foreach (var sample in page.GetProperty("samples").EnumerateArray())
            {
                seen.Add(sample.GetProperty("value").GetDouble());
                Assert.Equal("ms", sample.GetProperty("unit").GetString());
                Assert.Equal(seen[^1], sample.GetProperty("metadata").GetProperty("n").GetDouble());
                Assert.Equal("a", sample.GetProperty("labels").GetProperty("zone").GetString());
            }
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => (double)i), seen);
    }

    [Fact]
    public async Task A_window_of_time_is_both_ends_included()
    {
        await _server.PostAsync("/metrics", """
            [{"service_name":"a","metric_type":"m","value":1,"kind":"distribution","timestamp":"2026-03-01T11:00:00Z"},
             {"service_name":"a","metric_type":"m","value":2,"kind":"distribution","timestamp":"2026-03-01T11:00:10Z"},
             {"service_name":"a","metric_type":"m","value":3,"kind":"distribution","timestamp":"2026-03-01T11:00:20Z"}]
            """);
        var page = await _server.GetAsync("/api/samples?metric=m&from=2026-03-01T11:00:10Z&to=2026-03-01T11:00:20Z");
        Assert.Equal([3.0, 2.0], page.Json.GetProperty("samples").EnumerateArray().Select(s => s.GetProperty("value").GetDouble()));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1000000", "limit")]
    [InlineData("from=then", "from")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to")]
    [InlineData("cursor=nonsense", null)]
    public async Task A_parameter_that_cannot_be_used_is_named(string query, string? field)
    {
        var answer = await _server.GetAsync("/api/samples?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        if (field is not null) Assert.Equal(field, answer.Json.GetProperty("field").GetString());
    }
}
