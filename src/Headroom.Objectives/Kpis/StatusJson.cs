using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Kpis;

/// <summary>
/// The JSON of <c>headroom status --output json</c> and of the API: stable, camelCase, null where there is nothing.
/// Readers must ignore fields they do not know; later versions add some.
/// </summary>
public static class StatusJson
{
    /// <summary>The report as one JSON object; not escaped for embedding in HTML.</summary>
    public static string Write(StatusReport report, bool indented = false)
    {
        using var buffer = new MemoryStream();
        // The default encoder writes "< 0.1" as "\u003C 0.1": safe inside HTML, where this never goes, and unreadable elsewhere.
        var options = new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options)) Write(writer, report);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Writes the report as one JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, StatusReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("project", report.Project);
        writer.WriteString("at", report.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteStartArray("kpis");
        foreach (var kpi in report.Kpis) Write(writer, kpi);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(StatusReport, bool)"/> wrote, also by a later version.</summary>
    /// <exception cref="JsonException">The text is not such JSON; the message names the field.</exception>
    public static StatusReport Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return StatusJsonReader.Report(document.RootElement);
    }

    /// <summary>The verdict as JSON and tables show it: <c>met</c>, <c>missed</c>, <c>critical</c> or <c>no data</c>.</summary>
    public static string Word(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Met => "met",
        KpiVerdict.Missed => "missed",
        KpiVerdict.Critical => "critical",
        _ => "no data",
    };

    /// <summary>The direction as JSON and tables show it: <c>improving</c>, <c>stable</c>, <c>degrading</c> or <c>unjudged</c>.</summary>
    public static string Word(TrendDirection direction) => direction switch
    {
        TrendDirection.Improving => "improving",
        TrendDirection.Degrading => "degrading",
        TrendDirection.Unjudged => "unjudged",
        _ => "stable",
    };

    /// <summary>The goal's state as JSON and tables show it: <c>reached</c>, <c>open</c>, <c>overdue</c> or <c>no data</c>.</summary>
    public static string Word(GoalStatus status) => status switch
    {
        GoalStatus.Reached => "reached",
        GoalStatus.Open => "open",
        GoalStatus.Overdue => "overdue",
        _ => "no data",
    };

    private static void Write(Utf8JsonWriter writer, KpiStatus kpi)
    {
        writer.WriteStartObject();
        writer.WriteString("name", kpi.Name);
        writer.WriteStartObject("labels");
        foreach (var (name, value) in kpi.Labels) writer.WriteString(name, value);
        writer.WriteEndObject();
        Number(writer, "value", kpi.Value);
        writer.WriteString("unit", kpi.Unit);
        writer.WriteString("status", Word(kpi.Status));
        writer.WritePropertyName("baseline");
        if (kpi.Baseline is not { } baseline) writer.WriteNullValue();
        else if (baseline.Low == baseline.High) writer.WriteNumberValue(baseline.Low);
        else writer.WriteStringValue(baseline.Text);
        writer.WriteString("target", kpi.Target?.Text);
        writer.WriteString("critical", kpi.Critical?.Text);
        Number(writer, "changeFromBaselinePercent", kpi.ChangeFromBaselinePercent);
        Write(writer, "trend7d", kpi.Trend7d);
        Write(writer, "trend30d", kpi.Trend30d);
        Write(writer, kpi.Budget);
        writer.WriteStartArray("goals");
        foreach (var goal in kpi.Goals) Write(writer, goal);
        writer.WriteEndArray();
        writer.WriteString("query", kpi.Query);
        writer.WriteStartArray("notes");
        foreach (string note in kpi.Notes) writer.WriteStringValue(note);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, Trend? trend)
    {
        if (trend is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        writer.WriteString("direction", Word(trend.Direction));
        Number(writer, "from", trend.From);
        Number(writer, "to", trend.To);
        Number(writer, "low", trend.Low);
        Number(writer, "high", trend.High);
        Number(writer, "pValue", trend.PValue);
        Number(writer, "slopePerDay", trend.SlopePerDay);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, BudgetUse? budget)
    {
        if (budget is null)
        {
            writer.WriteNull("budget");
            return;
        }
        writer.WriteStartObject("budget");
        Number(writer, "limit", budget.Limit);
        Number(writer, "usedPercent", budget.UsedPercent);
        writer.WriteString("note", budget.Note);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, GoalProgress goal)
    {
        writer.WriteStartObject();
        writer.WriteString("horizon", goal.Horizon);
        writer.WriteString("by", goal.By?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        writer.WriteString("target", goal.Target.Text);
        writer.WriteString("status", Word(goal.Status));
        Number(writer, "remainingPercent", goal.RemainingPercent);
        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }
}
