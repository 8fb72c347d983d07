using Headroom.Metrics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms.Testing;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Tests.Slos;

public sealed class SloEvaluatorTests
{
    private const string Availability = """
        name: api availability
        objective: 99.9%
        window: 1d
        bad: sum(increase(errors_total[$window]))
        total: sum(increase(requests_total[$window]))
        """;

    [Fact]
    public async Task Compliance_budget_and_burn_rate_follow_from_the_counts()
    {
        // 100 requests a minute, one in a thousand bad, for two days.
        var backend = Given.Series(("requests_total", "0+100x2880"), ("errors_total", "0+0.1x2880"));
        var status = await Judge(Availability, backend, TimeSpan.FromDays(2));
        Assert.Equal(144_000, status.Counts.Total, 3);
        Assert.Equal(144, status.Counts.Bad, 6);
        Assert.Equal((SloVerdict.Met, 0.999), (status.Verdict, Math.Round(status.Sli!.Value, 9)));
        Assert.Equal(0, status.BudgetRemaining!.Value, 6);
        Assert.All(status.Burn, b => Assert.Equal(1, b.LongRate!.Value, 6));
        Assert.False(status.LowTraffic);
    }

    [Fact]
    public async Task A_burn_is_told_only_while_both_windows_burn()
    {
        // Ten minutes of one error in five; the window is 30 days, so the factor for an hour is 14.4.
        string thirty = Availability.Replace("window: 1d", "window: 30d", StringComparison.Ordinal);
        var backend = Given.Series(("requests_total", "0+100x600"), ("errors_total", "0x300 20+20x9 200x300"));
        Assert.True((await Judge(thirty, backend, TimeSpan.FromMinutes(310))).Burn[0].Fires);
        var after = (await Judge(thirty, backend, TimeSpan.FromMinutes(330))).Burn[0];
        Assert.True(after.LongRate > after.Rule.Factor);
        Assert.False(after.Fires);
    }

    [Fact]
    public async Task Nothing_measured_is_no_data_and_never_met()
    {
        var backend = Given.Series(("other", "1x10"));
        var status = await Judge(Availability, backend, TimeSpan.FromHours(1));
        Assert.Equal((SloVerdict.NoData, (double?)null, (double?)null), (status.Verdict, status.Sli, status.BudgetRemaining));
        Assert.Null(status.Forecast);
        Assert.All(status.Burn, b => Assert.False(b.Fires));
        Assert.NotEmpty(status.Notes);
    }

    [Fact]
    public async Task No_traffic_is_no_data() => Assert.Equal(SloVerdict.NoData, (await Judge(Availability, Given.Series(("requests_total", "5x100"), ("errors_total", "0x100")), TimeSpan.FromMinutes(100))).Verdict);

    [Fact]
    public async Task A_query_that_fails_is_no_data_with_the_reason()
    {
        var backend = new FakeBackend().Fails("sum(increase(requests_total[1d]))", "too many samples");
        var status = Assert.Single((await new SloEvaluator(backend).EvaluateAsync("p", [Given.Slo(Availability)], Given.Start, false, TestContext.Current.CancellationToken)).Slos);
        Assert.Equal(SloVerdict.NoData, status.Verdict);
        Assert.Contains(status.Notes, n => n.Contains("too many samples", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_error_counter_that_was_never_raised_counts_as_no_errors()
    {
        var status = await Judge(Availability, Given.Series(("requests_total", "0+100x1440")), TimeSpan.FromDays(1));
        Assert.Equal((SloVerdict.Met, 0.0), (status.Verdict, status.Counts.Bad));
        Assert.Contains(status.Notes, n => n.Contains("counts as none", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NaN", "-")]
    [InlineData("Inf", "no count")]
    [InlineData("-5", "no count")]
    [InlineData("0", "no events")]
    public async Task Counts_that_are_none_give_no_data(string total, string note)
    {
        double value = SeriesNotation.TryNumber(total, out double number) ? number : 0;
        var backend = new FakeBackend().Gives("total", value).Gives("bad", 0);
        var slo = new SloDefinition { Name = "x", Objective = 0.9, Window = new RollingWindow(TimeSpan.FromDays(1)), Sli = new RatioSli(null, "bad", "total") };
        var status = Assert.Single((await new SloEvaluator(backend).EvaluateAsync("p", [slo], Given.Start, false, TestContext.Current.CancellationToken)).Slos);
        Assert.Equal(SloVerdict.NoData, status.Verdict);
        if (note != "-") Assert.Contains(status.Notes, n => n.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Series_are_judged_apart_and_labels_that_do_not_match_are_said()
    {
        const string bySeries = """
            name: by service
            objective: 90%
            window: 1h
            bad: sum by (service) (increase(errors_total[$window]))
            total: sum by (service) (increase(requests_total[$window]))
            """;
        var backend = Given.Series(("requests_total{service=\"a\"}", "0+10x60"), ("requests_total{service=\"b\"}", "0+10x60"), ("errors_total{service=\"a\"}", "0+5x60"), ("errors_total{service=\"b\"}", "0x60"));
        var report = await new SloEvaluator(backend).EvaluateAsync("p", [Given.Slo(bySeries)], Given.At(TimeSpan.FromHours(1)), false, TestContext.Current.CancellationToken);
        Assert.Equal([("a", SloVerdict.Missed), ("b", SloVerdict.Met)], report.Slos.Select(s => (s.Labels["service"], s.Verdict)));
        var mismatched = await Judge(bySeries.Replace("bad: sum by (service)", "bad: sum by (code)", StringComparison.Ordinal), backend, TimeSpan.FromHours(1), single: false);
        Assert.Equal(SloVerdict.NoData, mismatched.Verdict);
        Assert.Contains(mismatched.Notes, n => n.Contains("different labels", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_latency_threshold_may_be_chosen_afterwards()
    {
        var source = new MemorySeriesSource();
        var recorder = new HistogramRecorder();
        var random = new Random(7);
        var values = new List<double>();
        source.Add(Labels.Of("lat"), 0, new HistogramRecorder().ToHistogram());
        for (int minute = 1; minute <= 60; minute++)
        {
            for (int i = 0; i < 50; i++)
            {
                double value = Math.Exp((random.NextDouble() * 4) - 3);
                values.Add(value);
                recorder.Record(value);
            }
            source.Add(Labels.Of("lat"), minute * 60_000, recorder.ToHistogram());
        }
        foreach (double threshold in (double[])[0.1, 0.25, 0.5, 1, 2.5])
        {
            var slo = Given.Slo($"name: l\nobjective: 95%\nwindow: 1h\nlatency: {{ histogram: lat, threshold: {threshold.ToString(System.Globalization.CultureInfo.InvariantCulture)} }}");
            var status = Assert.Single((await new SloEvaluator(new SeriesBackend(source, TimeProvider.System)).EvaluateAsync("p", [slo], Given.At(TimeSpan.FromHours(1)), false, TestContext.Current.CancellationToken)).Slos);
            double exact = values.Count(v => v <= threshold) / (double)values.Count;
            // Interpolation inside one bucket of 1.1% width.
            Assert.Equal(exact, status.Sli!.Value, 0.005);
        }
    }

    [Fact]
    public async Task Timeslices_count_slices_and_leave_out_those_without_data()
    {
        const string slices = """
            name: slices
            objective: 90%
            window: 1h
            bad: sum(increase(errors_total[$window]))
            total: sum(increase(requests_total[$window]))
            timeslices: { slice: 5m, target: 99% }
            """;
        // Twelve slices of five minutes: errors rise inside three of them, and the last three have no sample.
        var backend = Given.Series(("requests_total", "0+100x45"), ("errors_total", "0x10 0+10x5 50x5 50+10x5 100x19"));
        var status = await Judge(slices, backend, TimeSpan.FromHours(1));
        Assert.Equal((3.0, 9.0, SloVerdict.Missed), (status.Counts.Bad, status.Counts.Total, status.Verdict));
        Assert.Contains(status.Notes, n => n.Contains("3 of 12 slices have no data", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Slices_with_little_traffic_do_not_count()
    {
        const string slices = """
            name: slices
            objective: 90%
            window: 1h
            minimumEvents: 100
            bad: sum(increase(errors_total[$window]))
            total: sum(increase(requests_total[$window]))
            timeslices: { slice: 5m }
            """;
        var status = await Judge(slices, Given.Series(("requests_total", "0+1x30 30+100x30"), ("errors_total", "0+1x30 30x30")), TimeSpan.FromHours(1));
        Assert.Equal((SloVerdict.Met, 6.0), (status.Verdict, status.Counts.Total));
        Assert.Contains(status.Notes, n => n.Contains("6 slices had too little traffic", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_is_judged_slice_by_slice()
    {
        var backend = Given.Series(("open_seconds", "10x29 90x9 10x20"));
        var status = await Judge("name: recovery\nobjective: 90%\nwindow: 1h\nvalue: { query: open_seconds, when: \"< 60\" }", backend, TimeSpan.FromMinutes(59));
        Assert.Equal((10.0, 60.0, SloVerdict.Missed), (status.Counts.Bad, status.Counts.Total, status.Verdict));
    }

    [Fact]
    public async Task Slices_burn_whenever_they_are_looked_at()
    {
        const string slices = """
            name: slices
            objective: 99.9%
            bad: sum(increase(errors_total[$window]))
            total: sum(increase(requests_total[$window]))
            timeslices: { slice: 5m, target: 99% }
            """;
        var backend = Given.Series(("requests_total", "0+100x600"), ("errors_total", "0x300 20+20x120"));
        for (int minute = 370; minute < 380; minute++)
        {
            var burn = (await Judge(slices, backend, TimeSpan.FromMinutes(minute))).Burn[0];
            Assert.True(burn.Fires, $"at minute {minute}: {burn}");
        }
    }

    [Fact]
    public async Task A_calendar_window_begins_with_the_period_in_its_zone()
    {
        var slo = Given.Slo("name: month\nobjective: 99%\nwindow: { calendar: month, zone: Europe/Berlin }\nbad: b[$window]\ntotal: t[$window]".Replace("b[", "sum(increase(b[").Replace("t[$window]", "sum(increase(t[$window]))").Replace("b[$window]", "b[$window]))"));
        var at = DateTimeOffset.Parse("2026-03-31T21:30:00Z");
        var status = Assert.Single((await new SloEvaluator(new FakeBackend()).EvaluateAsync("p", [slo], at, false, TestContext.Current.CancellationToken)).Slos);
        Assert.Equal((DateTimeOffset.Parse("2026-02-28T23:00:00Z"), at, "2026-03"), (status.From, status.To, status.Period!.Value.Name));
    }

    [Fact]
    public async Task The_first_instant_of_a_period_has_no_data()
    {
        var slo = Given.Slo("name: day\nobjective: 99%\nwindow: { calendar: day }\nbad: sum(increase(b[$window]))\ntotal: sum(increase(t[$window]))");
        var status = Assert.Single((await new SloEvaluator(new FakeBackend()).EvaluateAsync("p", [slo], Given.Start, false, TestContext.Current.CancellationToken)).Slos);
        Assert.Equal(SloVerdict.NoData, status.Verdict);
    }

    [Fact]
    public async Task History_gives_each_period_its_own_verdict()
    {
        // Three days, 10 requests a minute; the second day has 2% errors.
        var backend = Given.Series(("requests_total", "0+10x4320"), ("errors_total", "0x1440 0+0.2x1440 288x1440"));
        var history = await new SloEvaluator(backend).HistoryAsync(Given.Slo(Availability), CalendarUnit.Day, TimeZoneInfo.Utc, 3, Given.At(TimeSpan.FromHours(60)), TestContext.Current.CancellationToken);
        Assert.Equal([("1970-01-01", SloVerdict.Met, true), ("1970-01-02", SloVerdict.Missed, true), ("1970-01-03", SloVerdict.Met, false)], history.Select(p => (p.Period.Name, p.Status.Verdict, p.Complete)));
        Assert.Equal(0.02, history[1].Status.Counts.ErrorRate, 3);
    }

    [Fact]
    public async Task Low_traffic_keeps_a_burn_quiet_and_is_said()
    {
        string thirty = Availability.Replace("window: 1d", "window: 30d", StringComparison.Ordinal);
        // One request a minute, one of them bad: 1 of 60 burns 16.7 times, but it is one event.
        var backend = Given.Series(("requests_total", "0+1x600"), ("errors_total", "0x598 1x2"));
        var status = await Judge(thirty, backend, TimeSpan.FromMinutes(600));
        Assert.True(status.Burn[0] is { Fires: false, LowTraffic: true, LongRate: > 14.4 });
        Assert.True(status.LowTraffic);
        Assert.True((await Judge(thirty + "\nminimumEvents: 0", backend, TimeSpan.FromMinutes(600))).Burn[0].Fires);
    }

    [Fact]
    public async Task Every_number_can_be_traced()
    {
        var backend = Given.Series(("requests_total", "0+100x1440"), ("errors_total", "0+1x1440"));
        var report = await new SloEvaluator(backend).EvaluateAsync("p", [Given.Slo(Availability)], Given.At(TimeSpan.FromDays(1)), explain: true, TestContext.Current.CancellationToken);
        var total = report.Slos[0].Traces.First(t => t.Role == "total");
        Assert.Equal("sum(increase(requests_total[1d]))", total.Query);
        Assert.Equal(TimeSpan.FromDays(1), total.To - total.From);
        Assert.Equal(1440, total.Samples);
        Assert.Contains("error rate = bad / total = 1440 / 144000 events = 1%", SloFormulas.Of(report.Slos[0]));
    }

    private static async Task<SloStatus> Judge(string slo, IMetricsBackend backend, TimeSpan after, bool single = true)
    {
        var report = await new SloEvaluator(backend).EvaluateAsync("p", [Given.Slo(slo)], Given.At(after), false, TestContext.Current.CancellationToken);
        return single ? Assert.Single(report.Slos) : report.Slos[0];
    }
}
