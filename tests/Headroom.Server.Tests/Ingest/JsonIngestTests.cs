using System.Net;

namespace Headroom.Server.Tests.Ingest;

public sealed class JsonIngestTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_value_is_acknowledged_and_can_be_queried_at_once()
    {
        var answer = await _server.PostAsync("/metrics", """{"service_name":"api","metric_type":"queue_depth","value":7}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(1, answer.Json.GetProperty("accepted").GetInt32());
        var value = (await _server.GetAsync("/api/v1/query?query=queue_depth{service=\"api\"}")).Data.GetProperty("result")[0].GetProperty("value");
        Assert.Equal("7", value[1].GetString());
    }

    [Fact]
    public async Task A_time_becomes_a_distribution_whose_quantile_can_be_asked()
    {
        var body = "[" + string.Join(',', Enumerable.Range(1, 100).Select(i => $$"""{"service_name":"api","metric_type":"latency","value":{{i}},"unit":"ms"}""")) + "]";
        Assert.Equal(100, (await _server.PostAsync("/metrics", body)).Json.GetProperty("accepted").GetInt32());
        var answer = await _server.GetAsync("/api/v1/query?query=histogram_count(latency)");
        Assert.Equal("100", answer.Data.GetProperty("result")[0].GetProperty("value")[1].GetString());
    }

    [Fact]
    public async Task Good_items_of_a_partly_bad_batch_are_kept_and_the_others_named()
    {
        var answer = await _server.PostAsync("/metrics", """
            [{"service_name":"api","metric_type":"a","value":1},
             {"service_name":"api","metric_type":"b","value":"much"},
             {"service_name":"api","metric_type":"c","value":3}]
            """);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(2, answer.Json.GetProperty("accepted").GetInt32());
        Assert.Equal(1, answer.Json.GetProperty("rejected").GetInt32());
        Assert.Equal("[1].value", answer.Json.GetProperty("problems")[0].GetProperty("field").GetString());
        Assert.Equal(2, (await _server.GetAsync("/api/v1/query?query={service=\"api\"}")).Data.GetProperty("result").GetArrayLength());
    }

    [Fact]
    public async Task A_repeated_id_counts_once()
    {
        const string Item = """{"service_name":"api","metric_type":"orders","value":5,"id":"order-1"}""";
        await _server.PostAsync("/metrics", Item);
        var again = await _server.PostAsync("/metrics", Item);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(1, again.Json.GetProperty("repeated").GetInt32());
        Assert.Single((await _server.GetAsync("/api/samples?metric=orders")).Json.GetProperty("samples").EnumerateArray());
    }

    [Theory]
    [InlineData("", 400, "byte 0")]
    [InlineData("not json", 400, "byte")]
    [InlineData("""{"service_name":"api","metric_type":"x","value":NaN}""", 400, null)]
    [InlineData("""{"service_name":"api","metric_type":"x","value":"NaN"}""", 422, "value")]
    [InlineData("""{"metric_type":"x","value":1}""", 400, "service_name")]
    [InlineData("""{"service_name":"api","value":1}""", 400, "metric_type")]
    [InlineData("""{"service_name":"api","metric_type":"x"}""", 400, "value")]
    [InlineData("""{"service_name":"api","metric_type":"x","value":1,"timestamp":"next week"}""", 400, "timestamp")]
    [InlineData("""{"service_name":"api","metric_type":"x","value":1,"timestamp":99999999999999999999}""", 422, "timestamp")]
    public async Task A_request_of_which_nothing_can_be_kept_is_a_problem_that_names_the_field(string body, int status, string? field)
    {
        var answer = await _server.PostAsync("/metrics", body);
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
        if (field is not null) Assert.StartsWith(field, answer.Json.GetProperty("field").GetString());
        Assert.NotEmpty(answer.Json.GetProperty("title").GetString()!);
    }

    [Fact]
    public async Task A_label_value_of_ten_megabytes_is_refused_by_name_or_as_too_large()
    {
        string item(int length) => $$$"""{"service_name":"api","metric_type":"x","value":1,"labels":{"path":"{{{new string('a', length)}}}"}}""";
        var inside = await _server.PostAsync("/metrics", item(9_000_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, inside.Status);
        Assert.Contains("labels", inside.Json.GetProperty("field").GetString());
        var beyond = await _server.PostAsync("/metrics", item(11_000_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, beyond.Status);
        Assert.Equal("application/problem+json", beyond.ContentType);
    }

    [Fact]
    public async Task An_observation_older_than_the_window_is_answered_422()
    {
        await _server.PostAsync("/metrics", """{"service_name":"api","metric_type":"latency","value":1,"unit":"s","timestamp":"2026-03-01T12:00:00Z"}""");
        var answer = await _server.PostAsync("/metrics", """{"service_name":"api","metric_type":"latency","value":1,"unit":"s","timestamp":"2026-03-01T10:00:00Z"}""");
        Assert.Equal(422, (int)answer.Status);
    }
}
