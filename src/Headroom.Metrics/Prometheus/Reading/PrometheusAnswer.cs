using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Prometheus;

/// <summary>Reads what the Prometheus HTTP API answers.</summary>
internal static class PrometheusAnswer
{
    /// <summary>Reads a document by one of the methods below.</summary>
    /// <exception cref="ProblemException">It is not what the API answers.</exception>
    public static T Read<T>(JsonDocument answer, Func<JsonElement, T> read)
    {
        try
        {
            return read(answer.RootElement);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new ProblemException(new Problem("cluster-answer-unreadable", $"The cluster's answer is not one of the Prometheus API: {error.Message}", null,
                "Check that metrics: { prometheus: { url: … } } is a Prometheus-compatible API.")
            { Kind = ProblemKind.Failed }, error);
        }
    }

    /// <summary>A query's result.</summary>
    public static QueryResult Result(JsonElement root)
    {
        var data = root.GetProperty("data");
        var result = data.GetProperty("result");
        QueryValue value = data.GetProperty("resultType").GetString() switch
        {
            "scalar" => new ScalarValue(Time(result[0]), HistogramJson.Number(result[1])),
            "string" => new StringValue(Time(result[0]), TextOf(result[1])),
            "vector" => new VectorValue([.. result.EnumerateArray().Select(Sample)]),
            "matrix" => new MatrixValue([.. result.EnumerateArray().Select(Series)]),
            var other => throw new FormatException($"a result of type {other}"),
        };
        return new QueryResult(value, Texts(root, "warnings"), Texts(root, "infos"));
    }

    /// <summary>A list of label sets.</summary>
    public static IReadOnlyList<Labels> SeriesList(JsonElement root) => [.. root.GetProperty("data").EnumerateArray().Select(LabelsOf)];

    /// <summary>A list of texts.</summary>
    public static IReadOnlyList<string> TextList(JsonElement root) => [.. root.GetProperty("data").EnumerateArray().Select(t => TextOf(t))];

    /// <summary>Metadata by metric.</summary>
    public static IReadOnlyList<MetricMetadata> Metadata(JsonElement root)
    {
        var all = new List<MetricMetadata>();
        foreach (var metric in root.GetProperty("data").EnumerateObject())
            foreach (var one in metric.Value.EnumerateArray())
                all.Add(new MetricMetadata(metric.Name, Text(one, "type"), Text(one, "unit"), Text(one, "help")));
        return all;
    }

    /// <summary>Exemplars by series.</summary>
    public static IReadOnlyList<Exemplar> Exemplars(JsonElement root)
    {
        var all = new List<Exemplar>();
        foreach (var series in root.GetProperty("data").EnumerateArray())
        {
            var labels = LabelsOf(series.GetProperty("seriesLabels"));
            foreach (var one in series.GetProperty("exemplars").EnumerateArray())
                all.Add(new Exemplar(labels, LabelsOf(one.GetProperty("labels")), HistogramJson.Number(one.GetProperty("value")), Time(one.GetProperty("timestamp"))));
        }
        return all;
    }

    private static VectorSample Sample(JsonElement json)
    {
        var labels = LabelsOf(json.GetProperty("metric"));
        if (json.TryGetProperty("histogram", out var pair)) return new VectorSample(labels, Time(pair[0]), 0, HistogramJson.Read(pair[1]));
        pair = json.GetProperty("value");
        return new VectorSample(labels, Time(pair[0]), HistogramJson.Number(pair[1]));
    }

    private static MatrixSeries Series(JsonElement json)
    {
        var points = new List<Point>();
        if (json.TryGetProperty("values", out var floats))
            foreach (var pair in floats.EnumerateArray())
                points.Add(new Point(Time(pair[0]), HistogramJson.Number(pair[1])));
        bool both = points.Count > 0;
        if (json.TryGetProperty("histograms", out var histograms))
        {
            foreach (var pair in histograms.EnumerateArray())
                points.Add(new Point(Time(pair[0]), 0, HistogramJson.Read(pair[1])));
            if (both) points.Sort(static (a, b) => a.Time.CompareTo(b.Time));
        }
        return new MatrixSeries(LabelsOf(json.GetProperty("metric")), points);
    }

    private static Labels LabelsOf(JsonElement json) => Labels.From([.. json.EnumerateObject().Select(p => new Label(p.Name, TextOf(p.Value)))]);

    private static long Time(JsonElement json) => (long)Math.Round(json.GetDouble() * 1000, MidpointRounding.AwayFromZero);

    private static string TextOf(JsonElement json) => json.GetString() ?? throw new FormatException("a text is null");

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static IReadOnlyList<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray().Select(t => TextOf(t))] : [];
}
