using System.Globalization;
using System.Text.Json;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Cli.Client;

/// <summary>Reads the <c>data</c> object of the Prometheus HTTP API back into a result. Histograms keep their count and sum.</summary>
internal static class PrometheusData
{
    public static QueryValue Read(JsonElement data)
    {
        var result = data.GetProperty("result");
        switch (data.GetProperty("resultType").GetString())
        {
            case "scalar":
                return new ScalarValue(Time(result[0]), Number(result[1]));
            case "string":
                return new StringValue(Time(result[0]), result[1].GetString()!);
            case "vector":
                return new VectorValue([.. result.EnumerateArray().Select(s => ReadSample(s, LabelsOf(s.GetProperty("metric"))))]);
            default:
                return new MatrixValue([.. result.EnumerateArray().Select(ReadSeries)]);
        }
    }

    /// <summary>The labels of a JSON object of names and values.</summary>
    public static Labels LabelsOf(JsonElement metric) => Labels.From([.. metric.EnumerateObject().Select(l => new Label(l.Name, l.Value.GetString()!))]);

    private static VectorSample ReadSample(JsonElement sample, Labels labels)
    {
        if (sample.TryGetProperty("value", out var value)) return new VectorSample(labels, Time(value[0]), Number(value[1]));
        var histogram = sample.GetProperty("histogram");
        return new VectorSample(labels, Time(histogram[0]), 0, Histogram(histogram[1]));
    }

    private static MatrixSeries ReadSeries(JsonElement series)
    {
        var points = new List<Point>();
        if (series.TryGetProperty("values", out var values))
            foreach (var point in values.EnumerateArray())
                points.Add(new Point(Time(point[0]), Number(point[1])));
        if (series.TryGetProperty("histograms", out var histograms))
            foreach (var point in histograms.EnumerateArray())
                points.Add(new Point(Time(point[0]), 0, Histogram(point[1])));
        return new MatrixSeries(LabelsOf(series.GetProperty("metric")), [.. points.OrderBy(p => p.Time)]);
    }

    private static Metrics.Histograms.Histogram Histogram(JsonElement json) => new()
    {
        Count = Number(json.GetProperty("count")),
        Sum = Number(json.GetProperty("sum")),
    };

    private static long Time(JsonElement seconds) => (long)Math.Round(seconds.GetDouble() * 1000);

    private static double Number(JsonElement text) => text.GetString() switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var number => double.Parse(number!, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
