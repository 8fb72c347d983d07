using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Tests.Kpis;

public sealed class StatusJsonTests
{
    private static readonly StatusReport Full = new("checkout", new DateTimeOffset(2026, 3, 4, 12, 0, 0, 250, TimeSpan.Zero),
    [
        new KpiStatus
        {
            Name = "API p95",
            Labels = Labels.From(new Label("service", "api")),
            Query = "q",
            Value = 0.095,
            Unit = "s",
            Status = KpiVerdict.Missed,
            Baseline = new Baseline(0.12, 0.12),
            Target = Bound.Parse("< 0.080"),
            Critical = Bound.Parse("> 0.5"),
            ChangeFromBaselinePercent = -20.8,
            Trend7d = new Trend(TrendDirection.Improving, 0.12, 0.095, 0.08, 0.2, 0.001, -0.0035),
            Budget = new BudgetUse(0.2, 47.5, null),
            Goals = [new GoalProgress("short", new DateOnly(2027, 1, 31), Bound.Parse("< 0.08"), GoalStatus.Open, 15.8), new GoalProgress("long", null, Bound.Parse("< 0.05"), GoalStatus.NoData, null)],
            Notes = ["a note"],
        },
        new KpiStatus { Name = "CPU", Labels = Labels.Empty, Query = "c", Status = KpiVerdict.NoData, Baseline = new Baseline(40, 50), Target = Bound.Parse("70..80"), Budget = new BudgetUse(80, null, "range") },
    ]);

    [Fact]
    public void The_fields_are_those_of_the_contract()
    {
        using var json = JsonDocument.Parse(StatusJson.Write(Full));
        var root = json.RootElement;
        Assert.Equal(["project", "at", "kpis"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal("2026-03-04T12:00:00.250Z", root.GetProperty("at").GetString());
        var kpi = root.GetProperty("kpis")[0];
        Assert.Equal(
            ["name", "labels", "value", "unit", "status", "baseline", "target", "critical", "changeFromBaselinePercent", "trend7d", "trend30d", "budget", "goals", "query", "notes"],
            kpi.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"service":"api"}""", kpi.GetProperty("labels").GetRawText());
        Assert.Equal("missed", kpi.GetProperty("status").GetString());
        Assert.Equal("0.12", kpi.GetProperty("baseline").GetRawText());
        Assert.Equal("< 0.080", kpi.GetProperty("target").GetString());
        Assert.Equal("improving", kpi.GetProperty("trend7d").GetProperty("direction").GetString());
        Assert.Equal(JsonValueKind.Null, kpi.GetProperty("trend30d").ValueKind);
        Assert.Equal("""{"limit":0.2,"usedPercent":47.5,"note":null}""", kpi.GetProperty("budget").GetRawText());
        var second = root.GetProperty("kpis")[1];
        Assert.Equal(("no data", "40..50", "70..80"), (second.GetProperty("status").GetString(), second.GetProperty("baseline").GetString(), second.GetProperty("target").GetString()));
        Assert.Equal("{}", second.GetProperty("labels").GetRawText());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("value").ValueKind);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        string json = StatusJson.Write(Full);
        var back = StatusJson.Read(json);
        Assert.Equal(json, StatusJson.Write(back));
        Assert.Equal(Full.At, back.At);
        Assert.Equal(Full.Kpis[0].Trend7d, back.Kpis[0].Trend7d);
        Assert.Equal(Full.Kpis[0].Goals, back.Kpis[0].Goals);
        Assert.Equal(Full.Kpis[1].Baseline, back.Kpis[1].Baseline);
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_missing_ones_are_null()
    {
        var report = StatusJson.Read("""{"project":"p","at":"2026-01-01T00:00:00Z","new":1,"kpis":[{"name":"a","status":"met","later":{}}]}""");
        Assert.Equal(("a", KpiVerdict.Met, (double?)null), (report.Kpis[0].Name, report.Kpis[0].Status, report.Kpis[0].Value));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"project\":\"p\",\"at\":\"never\",\"kpis\":[]}")]
    [InlineData("{\"project\":\"p\",\"at\":\"2026-01-01T00:00:00Z\",\"kpis\":[{\"name\":\"a\",\"status\":\"fine\"}]}")]
    [InlineData("{\"project\":\"p\",\"at\":\"2026-01-01T00:00:00Z\",\"kpis\":[5]}")]
    [InlineData("{\"project\":\"p\",\"at\":\"2026-01-01T00:00:00Z\",\"kpis\":[{\"name\":\"a\",\"status\":\"met\",\"target\":\"fast\"}]}")]
    [InlineData("{\"project\":\"p\",\"at\":\"2026-01-01T00:00:00Z\",\"kpis\":[{\"name\":\"a\",\"status\":\"met\",\"value\":\"5\"}]}")]
    public void Other_json_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => StatusJson.Read(json));

    [Theory]
    [InlineData(KpiVerdict.Met, GateOutcome.Passed, GateOutcome.Passed)]
    [InlineData(KpiVerdict.NoData, GateOutcome.NoVerdict, GateOutcome.NoVerdict)]
    [InlineData(KpiVerdict.Missed, GateOutcome.Missed, GateOutcome.Passed)]
    [InlineData(KpiVerdict.Critical, GateOutcome.Missed, GateOutcome.Missed)]
    public void The_gate_fails_closed(KpiVerdict status, GateOutcome onMissed, GateOutcome onCritical)
    {
        var report = Full with { Kpis = [Full.Kpis[0] with { Status = KpiVerdict.Met }, Full.Kpis[1] with { Status = status }] };
        Assert.Equal(onMissed, StatusGate.Judge(report, KpiVerdict.Missed).Outcome);
        Assert.Equal(onCritical, StatusGate.Judge(report, KpiVerdict.Critical).Outcome);
    }

    [Fact]
    public void A_miss_outweighs_missing_data_and_no_kpis_are_no_pass()
    {
        var both = StatusGate.Judge(Full, KpiVerdict.Missed);
        Assert.Equal((GateOutcome.Missed, 1, 1), (both.Outcome, both.Failing.Count, both.WithoutData.Count));
        Assert.Equal(GateOutcome.NoVerdict, StatusGate.Judge(Full with { Kpis = [] }, KpiVerdict.Critical).Outcome);
    }
}
