using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Failures;
using Headroom.TestKit;
using Polly;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.Tests.CircuitBreaking;

public sealed class AdaptiveCircuitBreakerTests
{
    private static readonly AdaptiveCircuitBreakerOptions s_plain = new() { BreakJitter = 0 };
    private readonly VirtualTimeProvider _time = new();

    [Fact]
    public async Task An_open_circuit_refuses_with_the_time_to_come_back_and_makes_no_call()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        await Fail(pipeline, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        int calls = 0;

        BrokenCircuitException thrown = await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            calls++;
            return default;
        }, TestContext.Current.CancellationToken));

        Assert.Equal(0, calls);
        Assert.Equal(4, thrown.RetryAfter!.Value.TotalSeconds, 5);
        Assert.Contains("'shop'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_successful_probes_close_it_again()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        await Fail(pipeline, 3);
        _time.Advance(TimeSpan.FromSeconds(5.001));
        for (int i = 0; i < 3; i++) await pipeline.ExecuteAsync(async _ => await Task.Yield(), TestContext.Current.CancellationToken);
        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    [Fact]
    public async Task Changes_of_state_are_told_in_order_with_their_reasons()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        var changes = new List<CircuitTransition>();
        circuit.StateChanged += (_, change) => changes.Add(change);
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        await Fail(pipeline, 3);
        _time.Advance(TimeSpan.FromSeconds(6));
        for (int i = 0; i < 3; i++) pipeline.Execute(_ => { }, TestContext.Current.CancellationToken);
        circuit.Isolate();
        circuit.Close();

        Assert.Equal(
            [CircuitReason.ConsecutiveFailures, CircuitReason.BreakOver, CircuitReason.Recovered, CircuitReason.Manual, CircuitReason.Manual],
            changes.Select(change => change.Reason));
        Assert.Equal([1, 2, 3, 4, 5], changes.Select(change => change.Number));
        Assert.Equal(TimeSpan.FromSeconds(5), changes[0].Break);
    }

    [Fact]
    public async Task An_isolated_circuit_says_so()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        circuit.Isolate();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        await Assert.ThrowsAsync<IsolatedCircuitException>(async () => await pipeline.ExecuteAsync(_ => default, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Cancelled_and_throttled_calls_and_wrong_requests_do_not_open_it()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        foreach (Exception exception in new Exception[] { new OperationCanceledException(), new HttpRequestException("", null, System.Net.HttpStatusCode.TooManyRequests), new ArgumentException("") })
        {
            for (int i = 0; i < 30; i++)
            {
                await Assert.ThrowsAnyAsync<Exception>(async () => await pipeline.ExecuteAsync(_ => throw exception, TestContext.Current.CancellationToken));
            }
        }

        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    [Fact]
    public async Task Results_are_judged_by_the_pipelines_own_rule()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        ResiliencePipeline<int> pipeline = new ResiliencePipelineBuilder<int>()
            .AddAdaptiveCircuitBreaker(circuit, outcome => outcome.Result < 0 ? FailureVerdict.Transient : FailureVerdict.None).Build();
        for (int i = 0; i < 3; i++) Assert.Equal(-1, await pipeline.ExecuteAsync(_ => ValueTask.FromResult(-1), TestContext.Current.CancellationToken));
        Assert.Equal(CircuitState.Open, circuit.State);
    }

    [Fact]
    public async Task Responses_with_a_failing_status_open_it_without_any_rule_of_ones_own()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await pipeline.ExecuteAsync(
                _ => ValueTask.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.BadGateway)), TestContext.Current.CancellationToken);
        }

        Assert.Equal(CircuitState.Open, circuit.State);
    }

    [Fact]
    public async Task A_slow_dependency_opens_it_by_the_time_its_calls_take()
    {
        AdaptiveCircuitBreaker circuit = Circuit(s_plain with { SlowCallDuration = TimeSpan.FromSeconds(1), MinimumCalls = 5, Window = TimeSpan.FromMinutes(1) });
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        for (int i = 0; i < 5; i++)
        {
            await pipeline.ExecuteAsync(_ =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return default;
            }, TestContext.Current.CancellationToken);
        }

        Assert.Equal(CircuitState.Open, circuit.State);
    }

    [Fact]
    public void State_efficiency_traffic_and_threshold_are_measured()
    {
        using var meter = new MeterWatch("circuit", "circuit-metrics");
        var circuit = new AdaptiveCircuitBreaker("circuit-metrics", s_plain, _time);
        for (int i = 0; i < 9; i++)
        {
            circuit.TryEnter(out CircuitTicket good);
            circuit.Record(good, CallOutcome.Success);
        }

        for (int i = 0; i < 3; i++)
        {
            circuit.TryEnter(out CircuitTicket bad);
            circuit.Record(bad, CallOutcome.Failure);
        }

        // Twelve calls within the first second are normal traffic: three failures are not enough yet.
        meter.Observe();
        Assert.Equal(0, meter.Last("headroom.resilience.circuit_breaker.state"));
        Assert.Equal(75, meter.Last("headroom.resilience.circuit_breaker.efficiency"));
        Assert.Equal(12, meter.Last("headroom.resilience.circuit_breaker.traffic"));
        Assert.Equal(5, meter.Last("headroom.resilience.circuit_breaker.failures_to_open"));

        for (int i = 0; i < 2; i++)
        {
            circuit.TryEnter(out CircuitTicket bad);
            circuit.Record(bad, CallOutcome.Failure);
        }

        Assert.False(circuit.TryEnter(out _));
        meter.Observe();
        Assert.Equal(2, meter.Last("headroom.resilience.circuit_breaker.state"));
        Assert.Equal(9, meter.Sum("headroom.resilience.circuit_breaker.calls", "result", "success"));
        Assert.Equal(5, meter.Sum("headroom.resilience.circuit_breaker.calls", "result", "failure"));
        Assert.Equal(1, meter.Sum("headroom.resilience.circuit_breaker.calls", "result", "refused"));
        Assert.Equal(1, meter.Sum("headroom.resilience.circuit_breaker.transitions", "reason", "ConsecutiveFailures"));
        GC.KeepAlive(circuit);
    }

    [Fact]
    public void A_circuit_nobody_called_has_no_efficiency()
    {
        using var meter = new MeterWatch("circuit", "circuit-quiet");
        var circuit = new AdaptiveCircuitBreaker("circuit-quiet", s_plain, _time);
        meter.Observe();
        Assert.True(meter.Saw("headroom.resilience.circuit_breaker.state"));
        Assert.False(meter.Saw("headroom.resilience.circuit_breaker.efficiency"));
        GC.KeepAlive(circuit);
    }

    [Fact]
    public void The_closed_path_allocates_nothing()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit).Build();
        ResilienceContext context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        Round(200);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        ResilienceContextPool.Shared.Return(context);

        void Round(int times)
        {
            for (int i = 0; i < times; i++)
            {
                circuit.TryEnter(out CircuitTicket ticket);
                circuit.Record(ticket, CallOutcome.Success);
                pipeline.Execute(static (_, state) => state, context, 42);
            }
        }
    }

    [Fact]
    public async Task Threads_that_share_a_circuit_never_probe_it_together()
    {
        AdaptiveCircuitBreaker circuit = Circuit(s_plain with { SuccessThreshold = 50, MaxProbes = 2 });
        while (circuit.TryEnter(out CircuitTicket ticket)) circuit.Record(ticket, CallOutcome.Failure);
        _time.Advance(TimeSpan.FromSeconds(6));
        int probing = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (circuit.State != CircuitState.Closed)
            {
                if (!circuit.TryEnter(out CircuitTicket ticket)) continue;
                if (circuit.State == CircuitState.HalfOpen)
                {
                    int now = Interlocked.Increment(ref probing);
                    InterlockedMax(ref most, now);
                    Thread.SpinWait(50);
                    Interlocked.Decrement(ref probing);
                }

                circuit.Record(ticket, CallOutcome.Success);
            }
        }, TestContext.Current.CancellationToken)));

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Threads_hammering_success_and_failure_leave_a_circuit_that_still_recovers()
    {
        AdaptiveCircuitBreaker circuit = Circuit();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 50_000; i++)
            {
                if (thread == 0 && i % 100 == 0) _time.Advance(TimeSpan.FromMilliseconds(500));
                if (circuit.TryEnter(out CircuitTicket ticket)) circuit.Record(ticket, (CallOutcome)random.Next(3));
            }
        }, TestContext.Current.CancellationToken)));

        for (int i = 0; i < 60 && circuit.State != CircuitState.Closed; i++)
        {
            if (circuit.TryEnter(out CircuitTicket ticket)) circuit.Record(ticket, CallOutcome.Success);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    private AdaptiveCircuitBreaker Circuit(AdaptiveCircuitBreakerOptions? options = null) => new("shop", options ?? s_plain, _time);

    private static async Task Fail(ResiliencePipeline pipeline, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await Assert.ThrowsAsync<TimeoutException>(async () => await pipeline.ExecuteAsync(
                _ => throw new TimeoutException(), TestContext.Current.CancellationToken));
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int current;
        while ((current = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, current) != current) { }
    }
}
