using System.Globalization;
using System.Net;

namespace Headroom.Server.Tests.Import;

public sealed class ImportRoutesTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Csv_is_stored_with_its_columns_and_bad_rows_are_counted_with_their_lines()
    {
        var answer = await _server.PostAsync("/api/import/csv?metric=load&timeColumn=at&valueColumn=v&labelColumns=host,zone&label=service=web",
            "at,host,zone,v\n2026-01-01T00:00:00Z,a,x,1\n2026-01-01T00:00:00Z,b,x,oops\n2026-01-01T00:00:00Z,c,y,3\n", "text/csv");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal((2, 2, 1), (answer.Json.GetProperty("samples").GetInt32(), answer.Json.GetProperty("series").GetInt32(), answer.Json.GetProperty("rejected").GetInt32()));
        Assert.Equal(3, answer.Json.GetProperty("rejections")[0].GetProperty("line").GetInt32());
        var series = (await _server.GetAsync("/api/v1/series?match[]=load")).Body;
        Assert.Contains("""{"__name__":"load","host":"a","service":"web","zone":"x"}""", series);
    }

    [Theory]
    [InlineData("/api/import/csv", "timestamp,value\n", "metric")]
    [InlineData("/api/import/csv?metric=m&timeColumn=when", "timestamp,value\n2026-01-01,1\n", "line 1")]
    [InlineData("/api/import/csv?metric=m&label=broken", "timestamp,value\n", "label")]
    public async Task A_file_that_cannot_be_read_at_all_is_a_problem(string path, string body, string field)
    {
        var answer = await _server.PostAsync(path, body, "text/csv");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, answer.Json.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Text_without_times_is_stored_now_or_when_told()
    {
        await _server.StoreAsync("up 1\n");
        Assert.Equal("1", (await _server.GetAsync("/api/v1/query?query=up")).Data.GetProperty("result")[0].GetProperty("value")[1].GetString());
        await _server.PostAsync("/api/v1/import/prometheus?timestamp=2026-01-01T00:00:00Z", "down 1\n", "text/plain");
        Assert.Equal("1767225600", (await _server.GetAsync("/api/v1/query?query=timestamp(down)&time=1767225660")).Data.GetProperty("result")[0].GetProperty("value")[1].GetString());
    }

    [Fact]
    public async Task An_export_imported_again_is_the_same_data()
    {
        var random = new Random(7);
        var lines = Enumerable.Range(0, 500).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"m{{n=\"{i % 7}\",text=\"a\\\\b\\\"c\\nd\"}} {random.NextDouble() * Math.Pow(10, random.Next(-300, 300)):R} {1_700_000_000_000 + (i * 1_003)}"));
        await _server.StoreAsync(string.Join('\n', lines) + "\nspecial NaN 1700000000000\nspecial +Inf 1700000001000\n");
        string exported = (await _server.GetAsync("/api/export/openmetrics")).Body;
        await using var second = await RunningServer.StartAsync();
        var imported = await second.PostAsync("/api/v1/import/prometheus", exported, "application/openmetrics-text");
        Assert.Equal(0, imported.Json.GetProperty("rejected").GetInt32());
        Assert.Empty(imported.Json.GetProperty("warnings").EnumerateArray());
        Assert.Equal(exported, (await second.GetAsync("/api/export/openmetrics")).Body);
    }

    [Fact]
    public async Task What_a_metric_was_said_to_be_is_exported_and_imported_again()
    {
        const string Text = """
            # TYPE requests counter
            # HELP requests How many "good" ones
            requests_total{a="1"} 5 1767225600
            # TYPE temperature gauge
            temperature 20.5 1767225600
            # TYPE plain unknown
            plain 1 1767225600
            # EOF

            """;
        await _server.PostAsync("/api/v1/import/prometheus", Text, "application/openmetrics-text");
        string exported = (await _server.GetAsync("/api/export/openmetrics")).Body;
        Assert.Contains("# TYPE requests counter\n", exported);
        Assert.Contains("# HELP requests How many", exported);
        Assert.Contains("\nrequests_total{a=", exported);
        Assert.Contains("# TYPE temperature gauge\n", exported);
        Assert.Contains("# TYPE plain unknown\n", exported);
        await using var second = await RunningServer.StartAsync();
        await second.PostAsync("/api/v1/import/prometheus", exported, "application/openmetrics-text");
        Assert.Equal(exported, (await second.GetAsync("/api/export/openmetrics")).Body);
    }

    [Fact]
    public async Task A_distribution_is_exported_as_a_classic_histogram_with_the_same_counts()
    {
        var items = Enumerable.Range(1, 200).Select(i => $$"""{"service_name":"s","metric_type":"latency","unit":"s","value":{{(i % 10) + 1}}}""");
        await _server.PostAsync("/metrics", "[" + string.Join(',', items) + "]");
        string exported = (await _server.GetAsync("/api/export/openmetrics?match[]=latency")).Body;
        Assert.Contains("# TYPE latency histogram", exported);
        string[] last = exported.Split('\n').Where(l => l.EndsWith(" 1772366400", StringComparison.Ordinal)).ToArray();
        Assert.Contains("latency_count{service=\"s\"} 200 1772366400", last);
        Assert.Contains("latency_bucket{service=\"s\",le=\"+Inf\"} 200 1772366400", last);
        Assert.Equal(10 + 1, last.Count(l => l.StartsWith("latency_bucket", StringComparison.Ordinal)));
    }
}
