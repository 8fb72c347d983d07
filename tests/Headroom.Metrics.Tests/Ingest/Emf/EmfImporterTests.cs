using System.Text;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.CloudWatch;
using Headroom.Metrics.Ingest.Emf;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Emf;

public sealed class EmfImporterTests
{
    private const long Time = 1_769_860_800_000;

    private static readonly VirtualTimeProvider Clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private static async Task<(CollectedSamples Store, ImportReport Report)> ImportAsync(string text, EmfImportOptions? options = null)
    {
        var store = new CollectedSamples();
        var report = await new EmfImporter(options ?? new EmfImportOptions(), Clock).ImportAsync(new TrickleStream(text, 1000), store.WriteAsync, TestContext.Current.CancellationToken);
        return (store, report);
    }

    private static string Line(string dimensions, string metrics, string members, string space = "N") =>
        $$$"""{"_aws":{"Timestamp":{{{Time}}},"CloudWatchMetrics":[{"Namespace":"{{{space}}}","Dimensions":{{{dimensions}}},"Metrics":{{{metrics}}}}]},{{{members}}}}""" + "\n";

    [Fact]
    public async Task Each_value_is_an_observation_in_each_set_of_dimensions()
    {
        var (store, report) = await ImportAsync(Line("""[["Service","Operation"],["Service"]]""", """[{"Name":"Latency","Unit":"Milliseconds"}]""", """ "Service":"api","Operation":"pay","Latency":[12.5,7] """, "Shop/Checkout"));
        Assert.Equal(
            [
                """shop_checkout_latency{operation="pay",service="api"} 12.5""", """shop_checkout_latency{operation="pay",service="api"} 7""",
                """shop_checkout_latency{service="api"} 12.5""", """shop_checkout_latency{service="api"} 7""",
            ],
            store.Observations.Select(o => FormattableString.Invariant($"{o.Labels} {o.Value}")));
        Assert.All(store.Observations, o => Assert.Equal(Time, o.Time));
        Assert.Equal([new MetricMetadata("shop_checkout_latency", "histogram", "Milliseconds", "")], store.Metadata);
        Assert.Equal((4, 2, 0), (report.Samples, report.Series, report.Rejected));
    }

    [Theory]
    [InlineData("""[["service"]]""", "a")]
    [InlineData("""[["ServiceName"]]""", "b")]
    [InlineData("""[["Other"]]""", "Name/Space")]
    [InlineData("[[]]", "Name/Space")]
    public async Task The_service_is_a_dimension_or_the_namespace(string dimensions, string expected)
    {
        var (store, _) = await ImportAsync(Line(dimensions, """[{"Name":"m"}]""", """ "service":"a","ServiceName":"b","Other":"c","m":1 """, "Name/Space"));
        Assert.Equal(expected, Assert.Single(store.Observations).Labels["service"]);
    }

    public static TheoryData<string, string> Bad() => new()
    {
        { "bad-json", "START RequestId: 1\n" },
        { "bad-json", "{\"_aws\":{\n" },
        { "not-emf", """{"message":"hello"}""" + "\n" },
        { "not-emf", "[1]\n" },
        { "bad-timestamp", """{"_aws":{"Timestamp":"soon","CloudWatchMetrics":[]}}""" },
        { "bad-timestamp", """{"_aws":{"Timestamp":1.5,"CloudWatchMetrics":[]}}""" },
        { "bad-directive", """{"_aws":{"Timestamp":1,"CloudWatchMetrics":{}}}""" },
        { "bad-namespace", Line("[[]]", """[{"Name":"m"}]""", "\"m\":1", "") },
        { "bad-namespace", Line("[[]]", """[{"Name":"m"}]""", "\"m\":1", new string('n', 1025)) },
        { "bad-metrics", Line("[[]]", "[]", "\"m\":1") },
        { "bad-metrics", Line("[[]]", $"[{string.Join(',', Enumerable.Repeat("""{"Name":"m"}""", 101))}]", "\"m\":1") },
        { "bad-dimensions", Line("[]", """[{"Name":"m"}]""", "\"m\":1") },
        { "bad-dimensions", Line("[\"D\"]", """[{"Name":"m"}]""", "\"m\":1") },
        { "bad-dimensions", Line("[[\"D\"]]", """[{"Name":"m"}]""", "\"m\":1") },
        { "bad-dimensions", Line("[[\"D\"]]", """[{"Name":"m"}]""", "\"m\":1,\"D\":5") },
        { "bad-dimensions", Line("[[\"D\"]]", """[{"Name":"m"}]""", $"\"m\":1,\"D\":\"{new string('x', 1025)}\"") },
        { "bad-dimensions", Line("[[\"D\",\"d\"]]", """[{"Name":"m"}]""", "\"m\":1,\"D\":\"a\",\"d\":\"b\"") },
        { "bad-dimensions", Line($"[[{string.Join(',', Enumerable.Range(0, 31).Select(i => $"\"d{i}\""))}]]", """[{"Name":"m"}]""", "\"m\":1") },
        { "no-value", Line("[[]]", """[{"Name":"gone"}]""", "\"m\":1") },
        { "bad-metric", Line("[[]]", """[{"Unit":"Count"}]""", "\"m\":1") },
        { "bad-value", Line("[[]]", """[{"Name":"m"}]""", "\"m\":\"1\"") },
        { "bad-value", Line("[[]]", """[{"Name":"m"}]""", "\"m\":1e120") },
        { "too-many-values", Line("[[]]", """[{"Name":"m"}]""", $"\"m\":[{string.Join(',', Enumerable.Repeat("1", 101))}]") },
        { "line-too-long", $"{{\"x\":\"{new string('x', 256 * 1024)}\"}}\n" },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task What_cannot_be_read_is_named_and_its_neighbours_are_kept(string code, string bad)
    {
        string good = Line("[[]]", """[{"Name":"good"}]""", "\"good\":1");
        var (store, report) = await ImportAsync(good + bad.TrimEnd('\n') + "\n" + good);
        Assert.Equal(2, store.Observations.Count);
        var rejection = Assert.Single(report.Rejections);
        Assert.Equal((code, 2), (rejection.Code, rejection.Line));
    }

    [Fact]
    public async Task A_bad_value_costs_only_itself()
    {
        var (store, report) = await ImportAsync(Line("""[["Gone"],[]]""", """[{"Name":"a"},{"Name":"missing"}]""", "\"a\":[1,\"x\",2]"));
        Assert.Equal([1, 2], store.Observations.Select(o => o.Value));
        Assert.Equal(["bad-dimensions", "bad-value", "no-value"], report.Rejections.Select(r => r.Code));
    }

    [Fact]
    public async Task A_line_with_more_values_than_a_batch_holds_is_handed_over_in_parts()
    {
        string values = string.Join(',', Enumerable.Range(0, 100));
        var (store, report) = await ImportAsync(Line("""[[],["D"]]""", """[{"Name":"a"}]""", $"\"D\":\"d\",\"a\":[{values}]") + "bad\n", new EmfImportOptions { BatchSize = 30 });
        Assert.Equal(200, store.Observations.Count);
        Assert.All(store.BatchSizes, size => Assert.InRange(size, 0, 30));
        Assert.Equal(2, Assert.Single(report.Rejections).Line);
    }

    [Theory]
    [InlineData("AWS/ECS", "CPUUtilization", "Average", "aws_ecs_cpuutilization_average")]
    [InlineData("AWS/ApplicationELB", "TargetResponseTime", "p99.9", "aws_applicationelb_target_response_time_p99_9")]
    [InlineData("AWS/Lambda", "Duration", "SampleCount", "aws_lambda_duration_sample_count")]
    [InlineData("My App", "HTTP 5xx", "TM(10%:90%)", "my_app_http_5xx_tm_10_90")]
    [InlineData("2nd", "m", null, "_2nd_m")]
    [InlineData("Käse", "größe", null, "k_se_gr_e")]
    public void Names_are_those_of_the_CloudWatch_exporter(string space, string metric, string? statistic, string expected) =>
        Assert.Equal(expected, CloudWatchNames.Metric(space, metric, statistic));

    [Fact]
    public async Task Mutated_lines_never_throw_and_memory_stays_bounded()
    {
        var mutations = new Mutations("emf", 95, "{", "}", "[", "]", ",", ":", "\"", "\\ud800", "null", "1e999", "\"_aws\"", "\n", "\"Name\":\"a\"");
        for (int round = 0; round < 6000; round++)
        {
            byte[] bytes = mutations.Next();
            var store = new CollectedSamples();
            long before = GC.GetAllocatedBytesForCurrentThread();
            var report = await new EmfImporter(new EmfImportOptions(), Clock).ImportAsync(new MemoryStream(bytes), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
            Assert.Equal(report.Samples, store.Observations.Count);
            Assert.All(store.Observations, o => Assert.True(double.IsFinite(o.Value) && o.Labels["service"].Length > 0));
        }
    }
}
