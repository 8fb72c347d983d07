using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class AlarmBoardTests
{
    private const string Slow = "alarms: [{name: slow, query: max by (service) (lat), when: '> 0.5', for: 2 of 3}]";

    [Fact]
    public async Task An_alarm_goes_through_its_states_and_each_change_is_told_once()
    {
        var transitions = await Run(Slow, 12, ("lat", "0.1x3 0.7x2 0.1x6"));
        Assert.Equal([(0, AlarmState.InsufficientData, AlarmState.Ok), (5, AlarmState.Ok, AlarmState.Alarm), (8, AlarmState.Alarm, AlarmState.Ok)],
            transitions.Select(t => ((int)(t.At - DateTimeOffset.UnixEpoch).TotalMinutes, t.From, t.To)));
        Assert.Equal("2 of the last 3 points breach > 0.5 (latest 0.7); 2 of 3 make an alarm", transitions[1].Reason);
    }

    [Fact]
    public async Task Each_series_has_its_own_state_and_the_alarm_the_worst()
    {
        var board = new AlarmBoard();
        await Run(Slow, 5, board, ("lat{service=\"a\"}", "0.1x9"), ("lat{service=\"b\"}", "0.9x9"));
        var status = board.Of("slow");
        Assert.Equal([("a", AlarmState.Ok), ("b", AlarmState.Alarm)], status.Instances.Select(i => (i.Labels["service"], i.State)));
        Assert.Equal(AlarmState.Alarm, status.State);
    }

    [Theory]
    [InlineData("missing", AlarmState.InsufficientData)]
    [InlineData("notBreaching", AlarmState.Ok)]
    [InlineData("breaching", AlarmState.Alarm)]
    [InlineData("ignore", AlarmState.InsufficientData)]
    public async Task Without_any_series_the_setting_decides(string missing, AlarmState expected)
    {
        var board = new AlarmBoard();
        await Run(Slow.Replace("for: 2 of 3", $"for: 2 of 3, missing: {missing}", StringComparison.Ordinal), 3, board, ("other", "1x9"));
        Assert.Equal(expected, Assert.Single(board.Of("slow").Instances).State);
        Assert.Equal(expected, board.Of("slow").State);
    }

    [Fact]
    public async Task A_series_that_ends_keeps_its_state_while_points_remain_and_then_has_no_data()
    {
        var board = new AlarmBoard();
        var transitions = await Run("alarms: [{name: a, query: lat, when: '> 0.5', for: 3}]", 20, board, ("lat", "0.9x3 stale"));
        Assert.Equal([AlarmState.Alarm, AlarmState.InsufficientData], transitions.Where(t => t.To != AlarmState.InsufficientData || t.From == AlarmState.Alarm).Select(t => t.To));
    }

    [Fact]
    public async Task A_series_gone_for_a_day_is_forgotten_even_where_missing_counts_as_breaching()
    {
        var board = new AlarmBoard();
        await Run("alarms: [{name: a, query: lat, when: '> 0.5', missing: breaching, period: 1h}]", 60 * 29, board, ("lat{pod=\"1\"}", "0.9x3 stale"), ("lat{pod=\"2\"}", "0.1x1700"));
        Assert.Equal(["2"], board.Of("a").Instances.Select(i => i.Labels["pod"]));
    }

    [Fact]
    public async Task The_instance_that_stands_for_no_series_leaves_when_series_come()
    {
        var board = new AlarmBoard();
        await Run("alarms: [{name: a, query: lat, when: '> 0.5', missing: breaching}]", 10, board, ("lat{pod=\"2\"}", "_x5 0.1x20"));
        Assert.Equal(["{pod=\"2\"}"], board.Of("a").Instances.Select(i => i.Labels.ToString()));
        Assert.Equal(AlarmState.Ok, board.Of("a").State);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Inf")]
    [InlineData("-Inf")]
    public async Task A_value_that_is_no_measurement_is_a_missing_point(string value)
    {
        var board = new AlarmBoard();
        await Run("alarms: [{name: a, query: lat, when: '> 0.5'}]", 5, board, ("lat", value + "x9"));
        Assert.Equal(AlarmState.InsufficientData, board.Of("a").State);
    }

    [Fact]
    public async Task A_query_that_fails_is_missing_data_with_the_reason()
    {
        var project = Given.Load("alarms: [{name: a, query: lat, when: '> 0.5'}]");
        var board = new AlarmBoard();
        await new AlarmEvaluator(project, new FakeBackend().Fails("lat", "too many samples"), AlarmPorts.None).EvaluateAsync(board, DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
        Assert.Equal((AlarmState.InsufficientData, "the query failed: too many samples"), (board.Of("a").State, board.Of("a").Instances[0].Reason));
    }

    [Fact]
    public async Task Composite_alarms_follow_their_children_at_once_also_through_a_chain()
    {
        const string chain = """
            alarms:
              - {name: top, rule: ALARM(middle)}
              - {name: middle, rule: ALARM(slow) AND NOT ALARM(patching)}
              - {name: slow, query: lat, when: "> 0.5"}
            maintenance: [{name: patching, from: "00:06", for: 2m}]
            """;
        var board = new AlarmBoard();
        var transitions = await Run(chain, 12, board, ("lat", "0.1x4 0.9x20"));
        Assert.Equal(["top Ok 0", "top Alarm 5", "top Ok 6", "top Alarm 8"], transitions.Where(t => t.Alarm == "top").Select(t => $"{t.Alarm} {t.To} {(t.At - DateTimeOffset.UnixEpoch).TotalMinutes}"));
        Assert.Equal("the rule is true: middle is ALARM", board.Of("top").Instances[0].Reason);
    }

    [Fact]
    public async Task A_burn_rate_alarm_fires_only_when_both_windows_burn()
    {
        const string burn = """
            slos: [{name: s, objective: 99.9%, window: 30d, bad: 'sum(increase(errors_total[$window]))', total: 'sum(increase(requests_total[$window]))'}]
            alarms: [{name: burn, slo: s, burn: page}]
            """;
        var transitions = await Run(burn, 340, ("requests_total", "0+100x600"), ("errors_total", "0x300 20+20x9 200x300"));
        var states = transitions.Select(t => (t.To, (t.At - DateTimeOffset.UnixEpoch).TotalMinutes)).ToList();
        Assert.Equal([AlarmState.Ok, AlarmState.Alarm, AlarmState.Ok], states.Select(s => s.To));
        Assert.InRange(states[1].TotalMinutes, 304, 306);
        // The row of six hours holds on until its own short window, half an hour, is calm.
        Assert.InRange(states[2].TotalMinutes, 330, 336);
    }

    [Fact]
    public async Task A_forecast_alarm_warns_ahead_and_an_anomaly_alarm_asks_its_judge()
    {
        var ports = new AlarmPorts(new Line(), new Above());
        var project = Given.Load("alarms:\n  - {name: full, query: disk, when: '> 90', forecast: {within: 10h, history: 5h, step: 1h}, period: 1h}\n  - {name: odd, query: disk, anomaly: {history: 5h}, period: 1h}\n", ports);
        var board = new AlarmBoard();
        var backend = Given.Series(TimeSpan.FromHours(1), ("disk", "10+5x20"));
        for (int hour = 0; hour <= 16; hour++) await new AlarmEvaluator(project, backend, ports).EvaluateAsync(board, Given.At(TimeSpan.FromHours(hour)), TestContext.Current.CancellationToken);
        var full = board.Of("full").Instances[0];
        Assert.Equal((AlarmState.Alarm, Given.At(TimeSpan.FromHours(7))), (full.State, full.Since));
        Assert.StartsWith("95 is predicted in 1h", full.Reason, StringComparison.Ordinal);
        Assert.Equal((AlarmState.Alarm, Given.At(TimeSpan.FromHours(14))), (board.Of("odd").State, board.Of("odd").Instances[0].Since));
    }

    internal static Task<List<AlarmTransition>> Run(string yaml, int minutes, params (string, string)[] series) => Run(yaml, minutes, new AlarmBoard(), series);

    internal static async Task<List<AlarmTransition>> Run(string yaml, int minutes, AlarmBoard board, params (string, string)[] series)
    {
        var evaluator = new AlarmEvaluator(Given.Load(yaml), Given.Series(series), AlarmPorts.None);
        var transitions = new List<AlarmTransition>();
        for (int minute = 0; minute <= minutes; minute++) transitions.AddRange(await evaluator.EvaluateAsync(board, Given.At(TimeSpan.FromMinutes(minute)), TestContext.Current.CancellationToken));
        return transitions;
    }

    private sealed class Line : ISeriesForecaster
    {
        public IReadOnlyList<PredictedPoint>? Forecast(IReadOnlyList<Point> history, TimeSpan step, int steps) => history.Count < 3 ? null
            : [.. Enumerable.Range(1, steps).Select(i => history[^1].Value + (i * (history[^1].Value - history[^2].Value))).Select(v => new PredictedPoint(0, v, v - 1, v + 1))];
    }

    private sealed class Above : IAnomalyJudge
    {
        public IReadOnlyList<bool?> Judge(IReadOnlyList<Point> history, TimeSpan step) => [.. history.Select((p, i) => i < 1 ? null : (bool?)(p.Value >= 80))];
    }
}
