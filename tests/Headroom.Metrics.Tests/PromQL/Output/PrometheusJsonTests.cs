using System.Text;
using System.Text.Json;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Output;

public sealed class PrometheusJsonTests
{
    private static string Json(QueryValue value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) PrometheusJson.WriteData(writer, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static PromqlEngine Engine()
    {
        var source = new MemorySeriesSource();
        source.Add(Labels.Of("m", ("x", "a\"b\n")), 0, 1);
        source.Add(Labels.Of("m", ("x", "a\"b\n")), 60_500, 2.5);
        source.Add(Labels.Of("h"), 0, HistogramNotation.Parse("{{schema:0 count:7 sum:5 z_bucket:2 z_bucket_w:0.5 buckets:[0 3] n_buckets:[1 0 1]}}"));
        source.Add(Labels.Of("h"), 60_000, double.NaN);
        source.Add(Labels.Of("c"), 0, HistogramNotation.Parse("{{schema:-53 count:3 sum:5 custom_values:[1 2] buckets:[1 1 1]}}"));
        return new PromqlEngine(source);
    }

    [Theory]
    [InlineData("1 + 0.5", 1500, """{"resultType":"scalar","result":[1.500,"1.5"]}""")]
    [InlineData("\"text\"", 1000, """{"resultType":"string","result":[1,"text"]}""")]
    [InlineData("m", -1, """{"resultType":"vector","result":[]}""")]
    [InlineData("m", 61_007, """{"resultType":"vector","result":[{"metric":{"__name__":"m","x":"a\u0022b\n"},"value":[61.007,"2.5"]}]}""")]
    [InlineData("m[5m]", 61_000, """{"resultType":"matrix","result":[{"metric":{"__name__":"m","x":"a\u0022b\n"},"values":[[0,"1"],[60.500,"2.5"]]}]}""")]
    [InlineData("vector(1) / 0", -250, """{"resultType":"vector","result":[{"metric":{},"value":[-0.250,"+Inf"]}]}""")]
    [InlineData("h", 0, """{"resultType":"vector","result":[{"metric":{"__name__":"h"},"histogram":[0,{"count":"7","sum":"5","buckets":[[1,"-4","-2","1"],[1,"-1","-0.5","1"],[3,"-0.5","0.5","2"],[0,"1","2","3"]]}]}]}""")]
    [InlineData("c", 0, """{"resultType":"vector","result":[{"metric":{"__name__":"c"},"histogram":[0,{"count":"3","sum":"5","buckets":[[3,"-Inf","1","1"],[0,"1","2","1"],[0,"2","+Inf","1"]]}]}]}""")]
    [InlineData("h[5m]", 60_000, """{"resultType":"matrix","result":[{"metric":{"__name__":"h"},"values":[[60,"NaN"]],"histograms":[[0,{"count":"7","sum":"5","buckets":[[1,"-4","-2","1"],[1,"-1","-0.5","1"],[3,"-0.5","0.5","2"],[0,"1","2","3"]]}]]}]}""")]
    [InlineData("h * 0", 0, """{"resultType":"vector","result":[{"metric":{},"histogram":[0,{"count":"0","sum":"0"}]}]}""")]
    public void An_instant_result_is_the_data_object_of_the_API(string expression, long time, string json) =>
        Assert.Equal(json, Json(Engine().Instant(expression, time, TestContext.Current.CancellationToken).Value));

    [Fact]
    public void A_range_result_is_a_matrix_without_its_gaps()
    {
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal("""{"resultType":"matrix","result":[{"metric":{"__name__":"m","x":"a\u0022b\n"},"values":[[0,"1"],[300,"2.5"]]}]}""", Json(Engine().Range("m", 0, 600_000, 300_000, cancel).Value));
        Assert.Equal("""{"resultType":"matrix","result":[{"metric":{},"values":[[0.500,"1"],[1.500,"1"]]}]}""", Json(Engine().Range("1", 500, 1500, 1000, cancel).Value));
        Assert.Equal("""{"resultType":"matrix","result":[]}""", Json(Engine().Range("missing", 0, 1000, 1000, cancel).Value));
        var mixed = JsonDocument.Parse(Json(Engine().Range("h", 0, 120_000, 60_000, cancel).Value)).RootElement.GetProperty("result")[0];
        Assert.Equal(2, mixed.GetProperty("values").GetArrayLength());
        Assert.Equal(1, mixed.GetProperty("histograms").GetArrayLength());
        // Every second point is filtered out.
        Assert.Equal("""{"resultType":"matrix","result":[{"metric":{},"values":[[0,"0"],[2,"2"],[4,"4"]]}]}""",
            Json(Engine().Range("vector(time()) unless (vector(time()) % 2 == 1)", 0, 4000, 1000, cancel).Value));
    }
}
