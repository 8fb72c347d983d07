using System.Globalization;
using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Kpis;

/// <summary>Reads the JSON that <see cref="StatusJson"/> writes; fields it does not know are skipped.</summary>
internal static class StatusJsonReader
{
    public static StatusReport Report(JsonElement json) => new(
        Text(json, "project") ?? throw Missing("project"),
        DateTimeOffset.TryParse(Text(json, "at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw Missing("at"),
        [.. Items(json, "kpis").Select(Kpi)]);

    private static KpiStatus Kpi(JsonElement json) => new()
    {
        Name = Text(json, "name") ?? throw Missing("name"),
        Labels = LabelsOf(json),
        Query = Text(json, "query") ?? "",
        Value = Number(json, "value"),
        Unit = Text(json, "unit"),
        Status = Text(json, "status") switch
        {
            "met" => KpiVerdict.Met,
            "missed" => KpiVerdict.Missed,
            "critical" => KpiVerdict.Critical,
            "no data" => KpiVerdict.NoData,
            _ => throw Missing("status"),
        },
        Baseline = BaselineOf(json),
        Target = BoundOf(json, "target"),
        Critical = BoundOf(json, "critical"),
        ChangeFromBaselinePercent = Number(json, "changeFromBaselinePercent"),
        Trend7d = TrendOf(json, "trend7d"),
        Trend30d = TrendOf(json, "trend30d"),
        Budget = Child(json, "budget") is { } budget ? new BudgetUse(Number(budget, "limit") ?? throw Missing("limit"), Number(budget, "usedPercent"), Text(budget, "note")) : null,
        Goals = [.. Items(json, "goals").Select(Goal)],
        Notes = [.. Items(json, "notes").Select(n => n.ValueKind == JsonValueKind.String ? n.GetString()! : throw Missing("notes"))],
    };

    private static GoalProgress Goal(JsonElement json) => new(
        Text(json, "horizon") ?? throw Missing("horizon"),
        Text(json, "by") is { } by ? DateOnly.TryParseExact(by, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw Missing("by") : null,
        BoundOf(json, "target") ?? throw Missing("target"),
        Text(json, "status") switch
        {
            "reached" => GoalStatus.Reached,
            "open" => GoalStatus.Open,
            "overdue" => GoalStatus.Overdue,
            "no data" => GoalStatus.NoData,
            _ => throw Missing("status"),
        },
        Number(json, "remainingPercent"));

    private static Trend? TrendOf(JsonElement json, string name) => Child(json, name) is not { } trend ? null : new Trend(
        Text(trend, "direction") switch
        {
            "improving" => TrendDirection.Improving,
            "degrading" => TrendDirection.Degrading,
            "stable" => TrendDirection.Stable,
            "unjudged" => TrendDirection.Unjudged,
            _ => throw Missing("direction"),
        },
        Number(trend, "from") ?? throw Missing("from"),
        Number(trend, "to") ?? throw Missing("to"),
        Number(trend, "low") ?? double.NaN,
        Number(trend, "high") ?? double.NaN,
        Number(trend, "pValue") ?? double.NaN,
        Number(trend, "slopePerDay") ?? double.NaN);

    private static Labels LabelsOf(JsonElement json)
    {
        if (Child(json, "labels") is not { } labels) return Labels.Empty;
        try
        {
            return Labels.From([.. labels.EnumerateObject().Select(l => new Label(l.Name, l.Value.ValueKind == JsonValueKind.String ? l.Value.GetString()! : throw Missing("labels")))]);
        }
        catch (ArgumentException)
        {
            throw Missing("labels");
        }
    }

    private static Baseline? BaselineOf(JsonElement json)
    {
        if (!json.TryGetProperty("baseline", out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number) return new Baseline(value.GetDouble(), value.GetDouble());
        return value.ValueKind == JsonValueKind.String && Baseline.TryParse(value.GetString()!, out var range, out _) ? range : throw Missing("baseline");
    }

    private static Bound? BoundOf(JsonElement json, string name) =>
        Text(json, name) is not { } text ? null : Bound.TryParse(text, out var bound, out _) ? bound : throw Missing(name);

    private static JsonElement? Child(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var child) || child.ValueKind == JsonValueKind.Null ? null
        : child.ValueKind == JsonValueKind.Object ? child : throw Missing(name);

    private static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null ? []
        : list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw Missing(name);

    private static string? Text(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new JsonException("a status report must be a JSON object with objects in 'kpis'");
        return !json.TryGetProperty(name, out var text) || text.ValueKind == JsonValueKind.Null ? null
            : text.ValueKind == JsonValueKind.String ? text.GetString() : throw Missing(name);
    }

    private static double? Number(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var number) || number.ValueKind == JsonValueKind.Null ? null
        : number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out double value) ? value : throw Missing(name);

    private static JsonException Missing(string field) => new($"the field '{field}' is missing or has the wrong form");
}
