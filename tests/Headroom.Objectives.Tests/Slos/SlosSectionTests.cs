using Headroom.Objectives.Kpis;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Tests.Slos;

public sealed class SlosSectionTests
{
    [Fact]
    public void A_ratio_needs_little()
    {
        var slo = Given.Slo("name: a\nobjective: 99.9%\ngood: good[$window]\ntotal: total[$window]".Replace("good[", "sum(increase(g[").Replace("total[$window]", "sum(increase(t[$window]))").Replace("g[$window]", "g[$window]))"));
        Assert.Equal((0.999, "30d"), (slo.Objective, slo.Window.Text));
        Assert.IsType<RatioSli>(slo.Sli);
        Assert.Null(slo.Slices);
    }

    [Fact]
    public void A_calendar_window_has_a_zone()
    {
        var slo = Given.Slo("name: a\nobjective: 99%\nwindow: { calendar: quarter, zone: America/New_York }\nlatency: { histogram: h, threshold: 0.5 }");
        Assert.Equal((CalendarUnit.Quarter, "America/New_York"), (((CalendarWindow)slo.Window).Unit, ((CalendarWindow)slo.Window).Zone.Id));
    }

    [Fact]
    public void A_value_is_always_cut_into_slices() =>
        Assert.Equal(Timeslices.OfValues, Given.Slo("name: a\nobjective: 99%\nvalue: { query: up, when: \">= 1\" }").Slices);

    [Theory]
    [InlineData("{name: a, objective: 99.9%}", "slo-indicator")]
    [InlineData("{name: a, objective: 99.9%, total: 'sum(increase(t[$window]))'}", "slo-indicator")]
    [InlineData("{name: a, objective: 99.9%, good: 'sum(increase(t[$window]))', bad: 'sum(increase(t[$window]))', total: 'sum(increase(t[$window]))'}", "slo-indicator")]
    [InlineData("{name: a, objective: 99.9%, latency: {histogram: h, threshold: 1}, value: {query: up, when: '> 0'}}", "slo-indicator")]
    [InlineData("{name: a, objective: 99.9%, good: 'sum(increase(g[5m]))', total: 'sum(increase(t[$window]))'}", "slo-window-missing")]
    [InlineData("{name: a, objective: 99.9%, good: 'sum(increase(g[$window])', total: 'sum(increase(t[$window]))'}", "promql-syntax")]
    [InlineData("{name: a, objective: 0%, latency: {histogram: h, threshold: 1}}", "slo-objective")]
    [InlineData("{name: a, objective: 101%, latency: {histogram: h, threshold: 1}}", "yaml-bad-value")]
    [InlineData("{name: a, objective: 99, latency: {histogram: h, threshold: 1}}", "yaml-bad-value")]
    [InlineData("{name: a, objective: 99%, window: 30m, latency: {histogram: h, threshold: 1}}", "yaml-bad-value")]
    [InlineData("{name: a, objective: 99%, window: {calendar: fortnight}, latency: {histogram: h, threshold: 1}}", "yaml-bad-value")]
    [InlineData("{name: a, objective: 99%, window: {calendar: month, zone: Mars/Olympus}, latency: {histogram: h, threshold: 1}}", "yaml-bad-value")]
    [InlineData("{name: a, objective: 99%, latency: {histogram: 'sum(h)', threshold: 1}}", "slo-selector")]
    [InlineData("{name: a, objective: 99%, latency: {histogram: h, threshold: 1, by: ['a b']}}", "slo-labels")]
    [InlineData("{name: a, objective: 99%, window: 365d, value: {query: up, when: '> 0'}}", "slo-slices")]
    [InlineData("{name: a, objective: 99%, timeslices: {slice: 10m}, latency: {histogram: h, threshold: 1}}", "slo-slices")]
    public void What_is_wrong_is_said(string slo, string code) => Assert.Contains(code, Given.Problems($"slos:\n  - {slo}\n"));

    [Fact]
    public void A_name_stands_once() =>
        Assert.Equal(["slo-defined-twice"], Given.Problems("slos:\n  - {name: a, objective: 99%, value: {query: up, when: '> 0'}}\n  - {name: a, objective: 99%, value: {query: up, when: '> 0'}}\n"));

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        const string yaml = """
            slos:
              - {name: "a: b #1", description: "50% \"off\"", service: shop, objective: 99.95%, window: 28d, bad: 'sum(increase(b{x="y"}[$window]))', total: 'sum(increase(t[$window]))', minimumEvents: 10}
              - {name: c, objective: 95%, window: {calendar: week, zone: Asia/Tokyo}, latency: {histogram: 'h{a="b"}', threshold: 0.25, by: [service, route]}, timeslices: {slice: 1m, target: 99%}}
              - {name: d, objective: 99%, window: 7d, value: {query: up, when: 1..2}, timeslices: {slice: 30s, target: 100%}}
            """;
        var once = Given.Slos(yaml);
        string written = SloYaml.Write(once);
        Assert.Equal(written, SloYaml.Write(Given.Slos(written)));
        Assert.Equal(once.Select(s => (s.Name, s.Description, s.Objective, s.Window.Text, s.Timeslices, s.MinimumEvents)), Given.Slos(written).Select(s => (s.Name, s.Description, s.Objective, s.Window.Text, s.Timeslices, s.MinimumEvents)));
    }
}
