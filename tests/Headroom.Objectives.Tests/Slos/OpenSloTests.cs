using System.Text;
using Headroom.Objectives.Slos;
using Headroom.Objectives.Slos.OpenSlo;

namespace Headroom.Objectives.Tests.Slos;

public sealed class OpenSloTests
{
    private const string Document = """
        apiVersion: openslo/v1
        kind: Service
        metadata: { name: shop }
        spec: { description: the shop }
        ---
        apiVersion: openslo/v1
        kind: SLI
        metadata: { name: success }
        spec:
          ratioMetric:
            counter: true
            good:
              metricSource:
                type: Prometheus
                spec: { query: 'sum(requests_total{code=~"2xx|3xx"})' }
            total:
              metricSource:
                type: Prometheus
                spec: { query: 'requests_total' }
        ---
        apiVersion: openslo/v1
        kind: SLO
        metadata: { name: shop-availability, displayName: Shop availability }
        spec:
          service: shop
          indicatorRef: success
          timeWindow: [{ duration: 4w, isRolling: true }]
          budgetingMethod: Occurrences
          objectives:
            - { displayName: page, target: 0.98 }
            - { displayName: strict, targetPercent: 99.95 }
        """;

    [Fact]
    public void Documents_with_a_referenced_indicator_and_two_objectives_are_read()
    {
        var reading = Read(Document);
        Assert.Empty(reading.Problems);
        Assert.Equal([("Shop availability: page", 0.98), ("Shop availability: strict", 0.9995)], reading.Slos.Select(s => (s.Name, s.Objective)));
        Assert.Equal(new RatioSli("sum(increase(requests_total{code=~\"2xx|3xx\"}[$window]))", null, "sum(increase(requests_total[$window]))"), reading.Slos[0].Sli);
        Assert.Equal(new RollingWindow(TimeSpan.FromDays(28)), reading.Slos[0].Window);
        Assert.Contains(reading.Warnings, w => w.Contains("Service 'shop'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("requests_total", true, "sum(increase(requests_total[$window]))")]
    [InlineData("sum by (job) (requests_total{a=\"b\"})", true, "sum by (job) (increase(requests_total{a=\"b\"}[$window]))")]
    [InlineData("sum(rate(requests_total[{{.window}}]))", true, "sum(rate(requests_total[$window]))")]
    [InlineData("sum(increase(requests_total[$window]))", true, "sum(increase(requests_total[$window]))")]
    [InlineData("a + b", true, "increase((a + b)[$window:1m])")]
    [InlineData("queue", false, "sum_over_time((queue)[$window:1m])")]
    public void Queries_without_a_window_get_one(string query, bool counter, string expected) => Assert.Equal(expected, OpenSloQueries.OverWindow(query, counter).Query);

    [Theory]
    [InlineData("apiVersion: openslo/v1", "apiVersion: openslo/v2", "not an OpenSLO v1")]
    [InlineData("type: Prometheus", "type: Datadog", "only Prometheus")]
    [InlineData("duration: 4w", "duration: 5 parsecs", "no duration")]
    [InlineData("budgetingMethod: Occurrences", "budgetingMethod: Lottery", "not supported")]
    [InlineData("indicatorRef: success", "indicatorRef: nothing", "not in the file")]
    [InlineData("target: 0.98", "target: 1.5", "above 0")]
    [InlineData("sum(requests_total{code", "sum((requests_total{code", "not PromQL")]
    [InlineData("kind: SLO", "kind: Unicorn", "no kind 'Unicorn'")]
    public void What_cannot_be_used_is_said_with_its_place(string from, string to, string says)
    {
        var reading = Read(Document.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(reading.Problems, p => p.What.Contains(says, StringComparison.Ordinal) && p.Where!.StartsWith("slo.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bad_objective_does_not_lose_its_neighbour() => Assert.Equal("Shop availability: strict", Assert.Single(Read(Document.Replace("target: 0.98", "target: -1", StringComparison.Ordinal)).Slos).Name);

    [Fact]
    public void Places_are_lines_of_the_whole_file()
    {
        var problem = Assert.Single(Read(Document.Replace("kind: SLO\n", "kind: Unicorn\n", StringComparison.Ordinal)).Problems);
        Assert.Equal("slo.yaml:21:1", problem.Where);
    }

    [Fact]
    public void Calendar_windows_thresholds_timeslices_and_raw_ratios_are_read()
    {
        var reading = Read("""
            apiVersion: openslo/v1
            kind: SLO
            metadata: { name: latency }
            spec:
              service: api
              indicator: { metadata: { name: l }, spec: { thresholdMetric: { metricSource: { type: prometheus, spec: { query: p95 } } } } }
              timeWindow: [{ duration: 1M, calendar: { startTime: "2020-01-01 00:00:00", timeZone: America/New_York } }]
              budgetingMethod: Timeslices
              objectives: [{ op: lte, value: 0.5, target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5 }]
            ---
            apiVersion: openslo/v1
            kind: SLO
            metadata: { name: raw }
            spec:
              service: api
              indicator: { metadata: { name: r }, spec: { ratioMetric: { rawType: failure, raw: { metricSource: { type: prometheus, spec: { query: error_ratio } } } } } }
              timeWindow: [{ duration: 30d, isRolling: true }]
              budgetingMethod: Occurrences
              objectives: [{ target: 0.99 }]
            """);
        Assert.Empty(reading.Problems);
        Assert.Equal(("p95", "<= 0.5"), (((ValueSli)reading.Slos[0].Sli).Query, ((ValueSli)reading.Slos[0].Sli).When.Text));
        Assert.Equal((new Timeslices(TimeSpan.FromMinutes(5), 0.95), CalendarUnit.Month), (reading.Slos[0].Timeslices, ((CalendarWindow)reading.Slos[0].Window).Unit));
        Assert.Equal("sum_over_time((error_ratio)[$window:1m])", ((RatioSli)reading.Slos[1].Sli).Bad);
    }

    [Fact]
    public void What_is_exported_comes_back_the_same()
    {
        var slos = Given.Slos("""
            slos:
              - {name: api availability, service: api, objective: 99.9%, window: 30d, good: 'sum(increase(g[$window]))', total: 'sum(increase(t[$window]))', minimumEvents: 50}
              - {name: latency, service: api, objective: 95%, window: {calendar: month, zone: Europe/Berlin}, latency: {histogram: 'h{a="b"}', threshold: 0.5, by: service}}
              - {name: recovery, service: api, objective: 99%, window: 7d, value: {query: open, when: "< 60"}, timeslices: {slice: 5m, target: 100%}}
              - {name: slices, service: api, objective: 99.5%, window: 28d, bad: 'sum(increase(b[$window]))', total: 'sum(increase(t[$window]))', timeslices: {slice: 1m, target: 99%}}
            """);
        var reading = Read(OpenSloWriter.Write(slos));
        Assert.Empty(reading.Problems);
        Assert.Equal(SloYaml.Write(slos), SloYaml.Write(reading.Slos));
    }

    [Fact]
    public void Whatever_the_bytes_the_answer_is_slos_or_problems()
    {
        var random = new Random(20260301);
        byte[] good = Encoding.UTF8.GetBytes(Document);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = [.. good];
            for (int flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            Assert.NotNull(OpenSloReader.Read("slo.yaml", bytes).Slos);
        }
    }

    private static OpenSloReading Read(string text) => OpenSloReader.Read("slo.yaml", Encoding.UTF8.GetBytes(text));
}
