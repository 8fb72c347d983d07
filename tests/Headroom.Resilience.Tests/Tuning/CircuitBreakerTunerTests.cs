using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Tuning;

namespace Headroom.Resilience.Tests.Tuning;

public sealed class CircuitBreakerTunerTests
{
    private static readonly AdaptiveCircuitBreakerOptions s_defaults = new();

    private static readonly AdaptiveCircuitBreakerOptions[] s_few =
    [
        .. from row in new[] { (2, 3, 5), (3, 5, 10), (5, 10, 20), (8, 15, 30) }
           from ratio in new[] { 0.3, 0.5 }
           select s_defaults with
           {
               LowTrafficFailures = row.Item1, NormalTrafficFailures = row.Item2, HighTrafficFailures = row.Item3, FailureRatio = ratio,
           },
    ];

    [Fact]
    public void Short_bursts_of_failures_raise_the_thresholds_and_outages_are_still_seen()
    {
        // Five calls a second; every two minutes four fail in a row, which opens a circuit set to three.
        Traffic traffic = Bursts(5, times: 60, inARow: 4);

        TuningReport report = Tune(traffic.History());

        Assert.InRange(report.Current.Score.FalseOpenings, 50, 60);
        Assert.True(report.Changed, report.Reason);
        Assert.True(report.Recommended.LowTrafficFailures > 4);
        Assert.Equal(0, report.TunedHeldOut.FalseOpenings);
        Assert.True(report.TunedHeldOut.Detection >= 0.95);
        Assert.InRange(report.PlantedOutages, 10, 20);
        Assert.StartsWith("Changed: ", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_grid_holds_the_current_options_and_only_ones_that_can_be_used()
    {
        List<AdaptiveCircuitBreakerOptions> grid = CandidateGrid.Around(s_defaults);
        Assert.Contains(s_defaults, grid);
        Assert.Equal(grid.Count, grid.Distinct().Count());
        Assert.All(grid, candidate => Assert.Empty(candidate.Errors()));
        Assert.All(CandidateGrid.Around(s_defaults with { BreakDuration = TimeSpan.FromSeconds(1), MaxBreakDuration = TimeSpan.FromSeconds(3) }),
            candidate => Assert.Empty(candidate.Errors()));
    }

    [Fact]
    public void Without_candidates_of_ones_own_the_grid_is_searched()
    {
        var told = new List<(int Done, int Of)>();
        TuningReport report = CircuitBreakerTuner.Tune(new Traffic(5).Go(200).History(), s_defaults, new TuningOptions(),
            new Told(told), TestContext.Current.CancellationToken);
        Assert.False(report.Changed);
        Assert.Equal(CandidateGrid.Around(s_defaults).Count, told.Count);
        Assert.Contains((told.Count, told.Count), told);
    }

    [Fact]
    public void Tuned_options_do_better_on_a_day_they_have_not_seen()
    {
        TuningReport report = Tune(Bursts(5, times: 60, inARow: 4).History());
        TuningReport tomorrow = Tune(Bursts(5, times: 60, inARow: 4, seed: 99).History(),
            options: new TuningOptions { Candidates = [report.Recommended] });

        Assert.Equal(0, tomorrow.Best.Score.FalseOpenings);
        Assert.InRange(tomorrow.Current.Score.FalseOpenings, 50, 60);
    }

    [Fact]
    public void A_healthy_history_is_no_reason_to_change_anything()
    {
        TuningReport report = Tune(new Traffic(20).Go(3600, failing: 0.001).History());
        Assert.False(report.Changed, report.Reason);
        Assert.Equal(s_defaults, report.Recommended);
        Assert.Equal(0, report.Current.Score.FalseOpenings);
    }

    [Fact]
    public void One_unlucky_opening_is_not_learned_by_heart()
    {
        // A single burst: without the block it is in, nothing speaks for other options; within it, they were not chosen.
        TuningReport report = Tune(new Traffic(20).Go(1800).FailInARow(6).Go(1800).History());
        Assert.Equal(1, report.Current.Score.FalseOpenings);
        Assert.False(report.Changed, report.Reason);
    }

    [Fact]
    public void Recorded_outages_are_listed_and_must_be_seen()
    {
        Traffic traffic = new(20);
        for (int i = 0; i < 6; i++) traffic.Go(600, failing: 0.002).Go(40, failing: 0.9);
        TuningReport report = Tune(traffic.Go(600).History(), options: new TuningOptions { PlantedOutages = 0 });

        Assert.Equal(6, report.Outages.Count);
        Assert.Equal(6, report.Current.Score.Detected);
        Assert.Equal(0, report.Current.Score.FalseOpenings);
        Assert.InRange(report.Current.Score.MeanSecondsToDetect, 0, 3);
    }

    [Fact]
    public void Options_that_see_no_outage_are_changed_even_if_they_never_open_falsely()
    {
        AdaptiveCircuitBreakerOptions blind = s_defaults with
        {
            LowTrafficFailures = 5000, NormalTrafficFailures = 5000, HighTrafficFailures = 5000, MinimumCalls = 1_000_000,
        };
        TuningReport report = Tune(new Traffic(20).Go(3600, failing: 0.001).History(), blind);
        Assert.True(report.Changed, report.Reason);
        Assert.Equal(0, report.Current.Score.Detected);
        Assert.True(report.TunedHeldOut.Detection >= 0.95);
    }

    [Fact]
    public void The_same_history_gives_the_same_report()
    {
        FailureHistory history = Bursts(20, times: 20, inARow: 6).History();
        TuningReport once = Tune(history);
        TuningReport again = Tune(history);
        Assert.Equal(once.Recommended, again.Recommended);
        Assert.Equal(once.TradeOffs, again.TradeOffs);
        Assert.Equal(once.Folds, again.Folds);
    }

    [Fact]
    public void Trade_offs_contain_nothing_that_another_one_beats()
    {
        TuningReport report = Tune(Bursts(20, times: 30, inARow: 6).History());
        Assert.NotEmpty(report.TradeOffs);
        foreach (TuningScore a in report.TradeOffs.Select(one => one.Score))
        {
            Assert.DoesNotContain(report.TradeOffs.Select(one => one.Score), b => b != a
                && b.FalseOpenings <= a.FalseOpenings && b.Detected >= a.Detected
                && b.RefusedGoodCalls <= a.RefusedGoodCalls && b.MeanSecondsToDetect <= a.MeanSecondsToDetect);
        }
    }

    [Fact]
    public void Blocks_cut_no_outage_and_together_hold_every_call()
    {
        Traffic traffic = new(20);
        for (int i = 0; i < 5; i++) traffic.Go(300).Go(100, failing: 1);
        TuningReport report = Tune(traffic.History());
        Assert.Equal(report.Calls, report.Folds.Sum(fold => fold.Calls));
        Assert.Equal(5, report.Outages.Count);
        Assert.All(report.Outages, outage => Assert.DoesNotContain(report.Folds, fold => outage.Start < fold.From && outage.End.AddSeconds(-1) > fold.From));
    }

    [Fact]
    public void A_history_too_short_to_learn_from_is_refused()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Tune(new Traffic(1).Go(100).History()));
        Assert.Contains("needs 500", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_of_whole_seconds_without_durations_are_taken_in_the_order_recorded()
    {
        var calls = new List<RecordedCall>();
        for (int second = 0; second < 600; second++)
        {
            for (int i = 0; i < 20; i++)
                calls.Add(new RecordedCall(Traffic.At(second), i % 4 == 3 ? RecordedOutcome.Fail : RecordedOutcome.Ok, TimeSpan.Zero));
        }

        // A quarter fails, but never two in a row.
        TuningReport report = Tune(new FailureHistory(calls), options: new TuningOptions { PlantedOutages = 0 });
        Assert.Equal(0, report.Current.Score.Openings);
    }

    [Fact]
    public void Tuning_can_be_given_up()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => CircuitBreakerTuner.Tune(Bursts(5, 10, 4).History(), cancellation: cancel.Token));
    }

    // A handful of candidates answers these questions as well as the whole grid, in a tenth of the time.
    private static TuningReport Tune(FailureHistory history, AdaptiveCircuitBreakerOptions? current = null, TuningOptions? options = null)
    {
        options ??= new TuningOptions();
        return CircuitBreakerTuner.Tune(history, current, options.Candidates is null ? options with { Candidates = s_few } : options,
            progress: null, TestContext.Current.CancellationToken);
    }

    private static Traffic Bursts(double callsPerSecond, int times, int inARow, int seed = 1)
    {
        var traffic = new Traffic(callsPerSecond, seed);
        for (int i = 0; i < times; i++) traffic.Go(120).FailInARow(inARow);
        return traffic.Go(120);
    }

    private sealed class Told(List<(int Done, int Of)> list) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value)
        {
            lock (list) list.Add(value);
        }
    }
}
