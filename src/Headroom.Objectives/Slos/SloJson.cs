using System.Globalization;
using System.Text.Json;
using Headroom.Configuration.Values;
using Headroom.Metrics;

namespace Headroom.Objectives.Slos;

/// <summary>The JSON of <c>headroom slo --output json</c> and of the API; null where a number does not exist.</summary>
public static class SloJson
{
    /// <summary>Writes SLOs at an instant.</summary>
    public static void Write(Utf8JsonWriter json, SloReport report)
    {
        json.WriteStartObject();
        json.WriteString("project", report.Project);
        json.WriteString("at", Text(report.At));
        json.WriteStartArray("slos");
        foreach (var slo in report.Slos) Write(json, slo);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes an SLO's history.</summary>
    public static void Write(Utf8JsonWriter json, string name, IReadOnlyList<SloPeriod> history)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("periods");
        foreach (var period in history)
        {
            json.WriteStartObject();
            json.WriteString("period", period.Period.Name);
            json.WriteString("from", Text(period.Period.Start));
            json.WriteString("to", Text(period.Period.End));
            json.WriteBoolean("complete", period.Complete);
            Labels(json, period.Status.Labels);
            Figures(json, period.Status);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The verdict's word.</summary>
    public static string WordOf(SloVerdict verdict) => verdict switch { SloVerdict.Met => "met", SloVerdict.Missed => "missed", _ => "no data" };

    private static void Write(Utf8JsonWriter json, SloStatus status)
    {
        json.WriteStartObject();
        json.WriteString("name", status.Slo.Name);
        json.WriteString("service", status.Slo.Service);
        Labels(json, status.Labels);
        json.WriteString("window", status.Slo.Window.Text);
        json.WriteString("budgeting", status.Slo.Slices is null ? "occurrences" : "timeslices");
        json.WriteString("from", Text(status.From));
        json.WriteString("to", Text(status.To));
        json.WriteString("period", status.Period?.Name);
        Figures(json, status);
        json.WriteStartArray("burnRates");
        foreach (var burn in status.Burn) Write(json, burn);
        json.WriteEndArray();
        json.WritePropertyName("forecast");
        if (status.Forecast is { } forecast)
        {
            json.WriteStartObject();
            Number(json, "burnRate", forecast.Rate);
            json.WriteString("over", DurationText.Format(forecast.Over));
            json.WriteString("exhaustedAt", forecast.ExhaustedAt is { } at ? Text(at) : null);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }
        json.WriteStartArray("notes");
        foreach (string note in status.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        if (status.Traces.Count > 0) Explain(json, status);
        json.WriteEndObject();
    }

    private static void Figures(Utf8JsonWriter json, SloStatus status)
    {
        json.WriteString("status", WordOf(status.Verdict));
        Number(json, "objectivePercent", Percent(status.Slo.Objective));
        Number(json, "sliPercent", Percent(status.Sli));
        Number(json, "errorRatePercent", status.Counts.HasData ? Percent(status.Counts.ErrorRate) : null);
        Number(json, "total", status.Counts.HasData ? status.Counts.Total : null);
        Number(json, "bad", status.Counts.HasData ? status.Counts.Bad : null);
        Number(json, "allowedBad", status.Counts.HasData ? status.Slo.Budget * status.Counts.Total : null);
        Number(json, "budgetRemainingPercent", Percent(status.BudgetRemaining));
        Number(json, "burnRate", status.BurnRate);
        json.WriteBoolean("lowTraffic", status.LowTraffic);
    }

    private static void Write(Utf8JsonWriter json, BurnReading burn)
    {
        json.WriteStartObject();
        json.WriteString("severity", burn.Rule.Severity == BurnSeverity.Page ? "page" : "ticket");
        json.WriteString("long", DurationText.Format(burn.Rule.Long));
        json.WriteString("short", DurationText.Format(burn.Rule.Short));
        Number(json, "factor", burn.Rule.Factor);
        Number(json, "longRate", burn.LongRate);
        Number(json, "shortRate", burn.ShortRate);
        Number(json, "longEvents", burn.LongEvents);
        json.WriteBoolean("lowTraffic", burn.LowTraffic);
        json.WriteBoolean("fires", burn.Fires);
        json.WriteEndObject();
    }

    private static void Explain(Utf8JsonWriter json, SloStatus status)
    {
        json.WriteStartObject("explain");
        json.WriteStartArray("formulas");
        foreach (string formula in SloFormulas.Of(status)) json.WriteStringValue(formula);
        json.WriteEndArray();
        json.WriteStartArray("queries");
        foreach (var trace in status.Traces)
        {
            json.WriteStartObject();
            json.WriteString("role", trace.Role);
            json.WriteString("query", trace.Query);
            json.WriteString("from", Text(trace.From));
            json.WriteString("to", Text(trace.To));
            if (trace.Samples is { } samples) json.WriteNumber("samples", samples);
            else json.WriteNull("samples");
            if (trace.Slices is { } slices) json.WriteNumber("slices", slices);
            json.WriteStartArray("values");
            foreach (var (labels, value) in trace.Values)
            {
                json.WriteStartObject();
                Labels(json, labels);
                Number(json, "value", value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Labels(Utf8JsonWriter json, Labels labels)
    {
        json.WriteStartObject("labels");
        foreach (var (name, value) in labels) json.WriteString(name, value);
        json.WriteEndObject();
    }

    // 0.999 · 100 is 99.90000000000001 in binary; nobody wrote that.
    private static double? Percent(double? share) => share is { } value ? Math.Round(value * 100, 12) : null;

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
