using Headroom.Resilience.CircuitBreaking;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.Tests.CircuitBreaking;

public sealed class CircuitStateMachineTests
{
    private const long Second = 3_579_545;
    private static readonly AdaptiveCircuitBreakerOptions s_plain = new() { BreakJitter = 0 };
    private long _now = 1_000 * Second;

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(9, 3)]
    [InlineData(12, 5)]
    [InlineData(90, 5)]
    [InlineData(120, 10)]
    [InlineData(2000, 10)]
    public void Failures_in_a_row_open_it_at_the_count_of_the_traffic(double perSecond, int failures)
    {
        CircuitStateMachine circuit = Circuit(s_plain with { MinimumCalls = 1_000_000 });
        for (double second = 0; second < 30; second += 1 / perSecond) Call(circuit, CallOutcome.Success, 1 / perSecond);

        for (int i = 1; i < failures; i++)
        {
            Call(circuit, CallOutcome.Failure, 1 / perSecond);
            Assert.Equal(CircuitState.Closed, circuit.State);
        }

        CircuitTransition? change = Call(circuit, CallOutcome.Failure, 1 / perSecond);
        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.Equal(CircuitReason.ConsecutiveFailures, change!.Value.Reason);
    }

    [Theory]
    [InlineData(9.99, 3)]
    [InlineData(10, 5)]
    [InlineData(100, 5)]
    [InlineData(100.01, 10)]
    public void The_thresholds_change_exactly_where_document_2_says(double perSecond, int failures) =>
        Assert.Equal(failures, s_plain.FailuresToOpen(perSecond));

    [Fact]
    public void A_success_in_between_starts_the_row_again()
    {
        CircuitStateMachine circuit = Circuit(s_plain with { FailureRatio = 1 });
        for (int i = 0; i < 100; i++)
        {
            Call(circuit, CallOutcome.Failure, 1);
            Call(circuit, CallOutcome.Failure, 1);
            Call(circuit, CallOutcome.Success, 1);
        }

        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    [Fact]
    public void The_failure_ratio_opens_it_once_the_window_holds_enough_calls()
    {
        CircuitStateMachine circuit = Circuit(s_plain);
        CircuitTransition? change = null;
        int calls = 0;
        while (change is null)
        {
            change = Call(circuit, calls++ % 2 == 0 ? CallOutcome.Failure : CallOutcome.Success, 0.1);
        }

        Assert.Equal(20, calls);
        Assert.Equal(CircuitReason.FailureRatio, change.Value.Reason);
    }

    [Fact]
    public void Failures_older_than_the_window_do_not_count()
    {
        CircuitStateMachine circuit = Circuit(s_plain);
        for (int i = 0; i < 9; i++)
        {
            Call(circuit, CallOutcome.Failure, 0.1);
            Call(circuit, CallOutcome.Success, 0.1);
        }

        Advance(10);
        for (int i = 0; i < 40; i++) Call(circuit, i % 3 == 0 ? CallOutcome.Failure : CallOutcome.Success, 0.1);
        Assert.Equal(CircuitState.Closed, circuit.State);
        Assert.InRange(circuit.Snapshot(_now).FailureRatio, 0.3, 0.4);
    }

    [Fact]
    public void Slow_calls_open_it_though_they_succeed()
    {
        CircuitStateMachine circuit = Circuit(s_plain with { SlowCallDuration = TimeSpan.FromSeconds(2), SlowCallRatio = 0.8, MinimumCalls = 10, Window = TimeSpan.FromMinutes(5) });
        CircuitTransition? change = null;
        for (int i = 0; i < 10 && change is null; i++) change = Call(circuit, CallOutcome.Success, 0, seconds: i < 2 ? 1.9 : 2);
        Assert.Equal(CircuitReason.SlowCalls, change!.Value.Reason);
    }

    [Fact]
    public void While_open_it_refuses_and_says_for_how_long()
    {
        CircuitStateMachine circuit = Opened();
        Advance(1);
        Assert.False(circuit.TryEnter(_now, out _, out _));
        Assert.Equal(4, circuit.RetryAfter(_now).TotalSeconds, 5);
        Advance(3.999);
        Assert.False(circuit.TryEnter(_now, out _, out _));
        Advance(0.002);
        Assert.True(circuit.TryEnter(_now, out _, out CircuitTransition? change));
        Assert.Equal((CircuitState.Open, CircuitState.HalfOpen, CircuitReason.BreakOver), (change!.Value.From, change.Value.To, change.Value.Reason));
    }

    [Fact]
    public void Half_open_lets_one_probe_through_at_a_time_and_three_successes_close_it()
    {
        CircuitStateMachine circuit = Opened();
        Advance(5.001);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(circuit.TryEnter(_now, out CircuitTicket probe, out _));
            Assert.False(circuit.TryEnter(_now, out _, out _));
            CircuitTransition? change = circuit.Record(probe, CallOutcome.Success, _now);
            Assert.Equal(i == 2, change is { To: CircuitState.Closed, Reason: CircuitReason.Recovered });
        }

        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    [Fact]
    public void Several_probes_at_once_are_never_more_than_are_needed_to_close()
    {
        CircuitStateMachine circuit = Opened(s_plain with { MaxProbes = 10 });
        Advance(5.001);
        Assert.True(circuit.TryEnter(_now, out CircuitTicket first, out _));
        Assert.True(circuit.TryEnter(_now, out _, out _));
        Assert.True(circuit.TryEnter(_now, out _, out _));
        Assert.False(circuit.TryEnter(_now, out _, out _));
        circuit.Record(first, CallOutcome.Success, _now);
        Assert.False(circuit.TryEnter(_now, out _, out _));
    }

    [Fact]
    public void A_failed_probe_doubles_the_break_up_to_its_bound()
    {
        CircuitStateMachine circuit = Opened();
        double[] breaks = new double[5];
        for (int i = 0; i < breaks.Length; i++)
        {
            Advance(31);
            breaks[i] = Call(circuit, CallOutcome.Failure, 0)!.Value.Break.TotalSeconds;
        }

        Assert.Equal([10, 20, 30, 30, 30], breaks);
    }

    [Fact]
    public void A_recovery_starts_the_breaks_from_the_beginning()
    {
        CircuitStateMachine circuit = Opened();
        Advance(6);
        Call(circuit, CallOutcome.Failure, 0);
        Advance(11);
        for (int i = 0; i < 3; i++) Call(circuit, CallOutcome.Success, 0);
        Assert.Equal(CircuitState.Closed, circuit.State);
        CircuitTransition? change = null;
        while (change is null) change = Call(circuit, CallOutcome.Failure, 1);
        Assert.Equal(5, change.Value.Break.TotalSeconds);
    }

    [Fact]
    public void A_slow_probe_is_a_failed_one()
    {
        CircuitStateMachine circuit = Opened(s_plain with { SlowCallDuration = TimeSpan.FromSeconds(2) });
        Advance(6);
        Assert.Equal(CircuitReason.ProbeFailed, Call(circuit, CallOutcome.Success, 0, seconds: 2)!.Value.Reason);
    }

    [Fact]
    public void A_probe_that_never_returns_counts_as_failed_after_its_time_and_its_late_answer_not_at_all()
    {
        CircuitStateMachine circuit = Opened();
        Advance(6);
        Assert.True(circuit.TryEnter(_now, out CircuitTicket lost, out _));
        Advance(9.9);
        Assert.False(circuit.TryEnter(_now, out _, out CircuitTransition? none));
        Assert.Null(none);
        Advance(0.2);
        Assert.False(circuit.TryEnter(_now, out _, out CircuitTransition? change));
        Assert.Equal((CircuitState.Open, CircuitReason.ProbeTimedOut), (change!.Value.To, change.Value.Reason));
        Advance(11);
        Assert.True(circuit.TryEnter(_now, out CircuitTicket next, out _));
        Assert.Null(circuit.Record(lost, CallOutcome.Failure, _now));
        Assert.Equal(CircuitState.HalfOpen, circuit.State);
        Assert.Null(circuit.Record(next, CallOutcome.Success, _now));
    }

    [Fact]
    public void A_probe_given_up_by_its_caller_makes_room_for_another()
    {
        CircuitStateMachine circuit = Opened();
        Advance(6);
        Assert.Null(Call(circuit, CallOutcome.Ignored, 0));
        Assert.Equal(CircuitState.HalfOpen, circuit.State);
        Assert.True(circuit.TryEnter(_now, out _, out _));
    }

    [Fact]
    public void Calls_from_before_the_break_say_nothing_after_it()
    {
        CircuitStateMachine circuit = Circuit(s_plain);
        var before = new List<CircuitTicket>();
        for (int i = 0; i < 10; i++)
        {
            circuit.TryEnter(_now, out CircuitTicket ticket, out _);
            before.Add(ticket);
        }

        for (int i = 0; i < 3; i++) circuit.Record(before[i], CallOutcome.Failure, _now);
        Assert.Equal(CircuitState.Open, circuit.State);
        Advance(6);
        Assert.True(circuit.TryEnter(_now, out CircuitTicket probe, out _));
        for (int i = 3; i < 10; i++) Assert.Null(circuit.Record(before[i], i % 2 == 0 ? CallOutcome.Failure : CallOutcome.Success, _now));
        Assert.Equal(CircuitState.HalfOpen, circuit.State);
        circuit.Record(probe, CallOutcome.Success, _now);
    }

    [Fact]
    public void Isolated_it_refuses_until_somebody_closes_it()
    {
        CircuitStateMachine circuit = Circuit(s_plain);
        Assert.Equal(CircuitReason.Manual, circuit.Isolate()!.Value.Reason);
        Assert.Null(circuit.Isolate());
        Advance(3600);
        Assert.False(circuit.TryEnter(_now, out _, out _));
        Assert.Equal(CircuitState.Closed, circuit.Close()!.Value.To);
        Assert.True(circuit.TryEnter(_now, out _, out _));
        Assert.Null(circuit.Close());
    }

    [Fact]
    public void Efficiency_is_the_share_of_calls_let_through_that_succeeded()
    {
        CircuitStateMachine circuit = Circuit(s_plain with { LowTrafficFailures = 4, NormalTrafficFailures = 4 });
        Assert.Null(circuit.Snapshot(_now).EfficiencyPercent);
        for (int i = 0; i < 6; i++) Call(circuit, CallOutcome.Success, 0.01);
        Call(circuit, CallOutcome.Ignored, 0.01);
        for (int i = 0; i < 4; i++) Call(circuit, CallOutcome.Failure, 0.01);
        Assert.Equal(CircuitState.Open, circuit.State);
        for (int i = 0; i < 500; i++) Assert.False(circuit.TryEnter(_now, out _, out _));

        CircuitSnapshot snapshot = circuit.Snapshot(_now);
        Assert.Equal(60, snapshot.EfficiencyPercent);
        Assert.Equal(511, snapshot.CallsPerSecond, 0.5);
    }

    [Fact]
    public void Traffic_counts_refused_calls_so_that_the_threshold_fits_when_it_closes()
    {
        CircuitStateMachine circuit = Opened();
        for (int i = 0; i < 200 * 10; i++)
        {
            if (circuit.TryEnter(_now, out CircuitTicket ticket, out _)) circuit.Record(ticket, CallOutcome.Success, _now);
            // It closes with the thousandth call; had the refused ones not counted, three of them would be all its traffic.
            if (circuit.State == CircuitState.Closed) break;
            Advance(0.005);
        }

        Assert.Equal(CircuitState.Closed, circuit.State);
        Assert.Equal(10, circuit.Snapshot(_now).FailuresToOpen);
    }

    [Fact]
    public void Jitter_shortens_a_break_and_never_lengthens_it()
    {
        var circuit = new CircuitStateMachine(s_plain with { BreakJitter = 0.5 }, Second, () => 0.5);
        CircuitTransition? change = null;
        while (change is null) change = Call(circuit, CallOutcome.Failure, 1);
        Assert.Equal(3.75, change.Value.Break.TotalSeconds);
    }

    [Fact]
    public void Options_that_cannot_be_used_are_refused_with_everything_that_is_wrong()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Circuit(new AdaptiveCircuitBreakerOptions
        {
            LowTrafficFailures = 0,
            FailureRatio = 1.5,
            MaxBreakDuration = TimeSpan.FromSeconds(61),
            LowTrafficBelow = 200,
            BreakJitter = double.NaN,
        }));
        foreach (string name in new[] { "LowTrafficFailures", "FailureRatio", "MaxBreakDuration", "LowTrafficBelow", "BreakJitter" })
            Assert.Contains(name + " is ", thrown.Message, StringComparison.Ordinal);
    }

    private static CircuitStateMachine Circuit(AdaptiveCircuitBreakerOptions options) => new(options, Second);

    private CircuitStateMachine Opened(AdaptiveCircuitBreakerOptions? options = null)
    {
        CircuitStateMachine circuit = Circuit(options ?? s_plain);
        while (circuit.State == CircuitState.Closed) Call(circuit, CallOutcome.Failure, 0);
        return circuit;
    }

    private CircuitTransition? Call(CircuitStateMachine circuit, CallOutcome outcome, double thenWait, double seconds = 0)
    {
        Assert.True(circuit.TryEnter(_now, out CircuitTicket ticket, out _));
        Advance(seconds);
        CircuitTransition? change = circuit.Record(ticket, outcome, _now);
        Advance(thenWait);
        return change;
    }

    private void Advance(double seconds) => _now += (long)Math.Ceiling(seconds * Second);
}
