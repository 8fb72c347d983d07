using System.Text.Json;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Server.Query;

/// <summary>Metadata and exemplars in the JSON of the Prometheus HTTP API.</summary>
internal static class MetadataJson
{
    /// <summary>Writes <c>{"metric":[{"type":…,"help":…,"unit":…}]}</c>.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<MetricMetadata> known, int metrics, int perMetric)
    {
        json.WriteStartObject();
        foreach (var metric in known.GroupBy(m => m.Metric, StringComparer.Ordinal).Take(metrics))
        {
            json.WriteStartArray(metric.Key);
            foreach (var one in metric.Take(perMetric))
            {
                json.WriteStartObject();
                json.WriteString("type", one.Type);
                json.WriteString("help", one.Help);
                json.WriteString("unit", one.Unit);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>Writes <c>[{"seriesLabels":{…},"exemplars":[{"labels":{…},"value":"…","timestamp":…}]}]</c>.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Exemplar> exemplars)
    {
        json.WriteStartArray();
        foreach (var series in exemplars.GroupBy(e => e.Series))
        {
            json.WriteStartObject();
            json.WritePropertyName("seriesLabels");
            PrometheusJson.WriteLabels(json, series.Key);
            json.WriteStartArray("exemplars");
            foreach (var exemplar in series)
            {
                json.WriteStartObject();
                json.WritePropertyName("labels");
                PrometheusJson.WriteLabels(json, exemplar.Labels);
                json.WritePropertyName("value");
                PrometheusJson.WriteFloat(json, exemplar.Value);
                json.WritePropertyName("timestamp");
                PrometheusJson.WriteTime(json, exemplar.Time);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
