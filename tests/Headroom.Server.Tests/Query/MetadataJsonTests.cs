using System.Text;
using System.Text.Json;
using Headroom.Metrics;
using Headroom.Server.Query;

namespace Headroom.Server.Tests.Query;

public sealed class MetadataJsonTests
{
    [Fact]
    public void Metadata_stands_by_metric_and_within_its_limits()
    {
        MetricMetadata[] known = [new("up", "gauge", "", "1 when it is there"), new("up", "counter", "", "other"), new("size", "gauge", "bytes", ""), new("third", "unknown", "", "")];
        Assert.Equal(
            """{"up":[{"type":"gauge","help":"1 when it is there","unit":""}],"size":[{"type":"gauge","help":"","unit":"bytes"}]}""",
            Text(json => MetadataJson.Write(json, known, metrics: 2, perMetric: 1)));
    }

    [Fact]
    public void Exemplars_stand_by_series_with_values_as_text()
    {
        var series = Labels.Of("latency_bucket", ("le", "+Inf"));
        Exemplar[] exemplars = [new(series, Labels.From(new Label("trace_id", "ab")), 0.25, 1_500), new(series, Labels.Empty, double.PositiveInfinity, 2_000)];
        Assert.Equal(
            """[{"seriesLabels":{"__name__":"latency_bucket","le":"+Inf"},"exemplars":[{"labels":{"trace_id":"ab"},"value":"0.25","timestamp":1.500},{"labels":{},"value":"+Inf","timestamp":2}]}]""",
            Text(json => MetadataJson.Write(json, exemplars)));
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(json);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
