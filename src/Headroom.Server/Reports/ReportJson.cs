using System.Globalization;
using System.Text.Json;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Reports;
using Headroom.Server.Regressions;

namespace Headroom.Server.Reports;

/// <summary>A report as JSON, for whoever draws it elsewhere: the status now and before, the charts' points, and what changed.</summary>
internal static class ReportJson
{
    public static void Write(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartObject();
        json.WriteString("title", model.Title);
        json.WriteString("from", Text(model.From));
        json.WriteString("to", Text(model.To));
        if (model.GeneratedAt is { } at) json.WriteString("generatedAt", Text(at));
        json.WritePropertyName("status");
        StatusJson.Write(json, model.Status);
        json.WritePropertyName("before");
        if (model.Before is null) json.WriteNullValue();
        else StatusJson.Write(json, model.Before);
        json.WriteStartArray("charts");
        foreach (var chart in model.Charts) Write(json, chart);
        json.WriteEndArray();
        json.WritePropertyName("changes");
        RegressionJson.Write(json, new ComparisonResult(model.Regressions, model.ComparisonNotes));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, KpiChart chart)
    {
        json.WriteStartObject();
        json.WriteString("name", chart.Name);
        json.WriteString("query", chart.Query);
        json.WriteString("unit", chart.Unit);
        json.WriteStartArray("series");
        foreach (var series in chart.Series)
        {
            json.WriteStartObject();
            json.WriteStartObject("labels");
            foreach (var (name, value) in series.Labels) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteStartArray("values");
            foreach (var point in series.Points)
            {
                if (point.Histogram is not null) continue;
                json.WriteStartArray();
                json.WriteNumberValue(point.Time / 1000.0);
                if (double.IsFinite(point.Value)) json.WriteNumberValue(point.Value);
                else json.WriteNullValue();
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
