using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Tests.Documents;

namespace Headroom.Objectives.Tests.Kpis;

public sealed class KpisSectionTests
{
    [Fact]
    public void A_full_definition_is_read()
    {
        var kpi = Assert.Single(Yaml.Kpis(
            """
            kpis:
              - name: API p95 latency
                query: histogram_quantile(0.95, sum(rate(http_server_request_duration_seconds{service="api"}[5m])))
                unit: s
                baseline: 0.120
                target: "< 0.100"
                critical: "> 0.500"
                budget: 0.200
                trendStep: 30m
                goals: [{ horizon: short, by: 2027-01-31, target: "< 0.080" }]
            """));
        Assert.Equal("API p95 latency", kpi.Name);
        Assert.Equal((0.12, 0.12), (kpi.Baseline!.Low, kpi.Baseline.High));
        Assert.Equal(("< 0.100", 0.1), (kpi.Target!.Text, kpi.Target.High));
        Assert.Equal((0.5, 0.2, TimeSpan.FromMinutes(30)), (kpi.Critical!.Low, kpi.Budget!.Value, kpi.TrendStep!.Value));
        Assert.Equal(new GoalDefinition("short", new DateOnly(2027, 1, 31), new Bound("< 0.080", BoundOperator.Less, 0.08, 0.08)), Assert.Single(kpi.Goals));
    }

    [Fact]
    public void Ranges_need_no_quotes()
    {
        var kpi = Assert.Single(Yaml.Kpis("kpis:\n  - {name: cpu, query: cpu, unit: \"%\", baseline: 40..50, target: 70..80, critical: \"> 90\"}\n"));
        Assert.Equal((45, 70, 80, BoundOperator.Within), (kpi.Baseline!.Middle, kpi.Target!.Low, kpi.Target.High, kpi.Target.Operator));
    }

    [Fact]
    public void Name_and_query_are_enough()
    {
        var kpi = Assert.Single(Yaml.Kpis("kpis: [{name: a, query: up}]"));
        Assert.Null(kpi.Target);
        Assert.Empty(kpi.Goals);
    }

    [Theory]
    [InlineData("{name: a}", "yaml-missing-key")]
    [InlineData("{query: up}", "yaml-missing-key")]
    [InlineData("{name: a, query: 'up{'}", "promql-syntax")]
    [InlineData("{name: a, query: up, target: 5}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, target: < 5ms}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, target: < 5, critical: < 10}", "kpi-contradiction")]
    [InlineData("{name: a, query: up, target: < 5, critical: '> 4'}", "kpi-contradiction")]
    [InlineData("{name: a, query: up, baseline: 50..40}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, budget: 0}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, budget: -1}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, trendStep: 2d}", "kpi-trend-step")]
    [InlineData("{name: a, query: up, trendStep: 10s}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, goals: [{horizon: soon, target: < 5}]}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, goals: [{horizon: short, by: 31.1.2027, target: < 5}]}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, target: < 5, goals: [{horizon: short, target: '> 3'}]}", "kpi-goal-direction")]
    [InlineData("{name: a, query: up, targt: < 5}", "yaml-unknown-key")]
    public void A_wrong_definition_is_refused_at_its_place(string kpi, string code)
    {
        var problem = Assert.Single(Yaml.Load($"kpis:\n  - {kpi}\n").Problems);
        Assert.Equal(code, problem.Code);
        Assert.StartsWith("headroom.yaml:2:", problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_stands_once_also_across_files()
    {
        var files = new Dictionary<string, string> { ["headroom.yaml"] = "include: more.yaml\nkpis: [{name: a, query: up}]\n", ["more.yaml"] = "kpis: [{name: a, query: down}]\n" };
        var problem = Assert.Single(Yaml.Load(files).Problems);
        Assert.Equal(("kpi-defined-twice", "more.yaml:1:15"), (problem.Code, problem.Where));
        Assert.Contains("headroom.yaml:2:15", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_from_the_environment_is_not_repeated_in_its_error()
    {
        var problem = Assert.Single(Yaml.Load("kpis: [{name: a, query: '${QUERY}'}]", name => name == "QUERY" ? "secret{" : null).Problems);
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains("${QUERY}", problem.What, StringComparison.Ordinal);
    }
}
