using System.Threading.RateLimiting;
using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Failures;
using Headroom.Resilience.RateLimiting;
using Headroom.Resilience.Retry;
using Headroom.Resilience.Tuning;
using Polly;

// The guide shows the shortest call; a test's cancellation would only be in its way.
#pragma warning disable xUnit1051

namespace Headroom.Resilience.Tests.Docs;

/// <summary>The code of docs/resilience.md, compiled and run. Between the marks it stands there word for word.</summary>
public sealed class Snippets
{
    [Fact]
    public async Task Http_client()
    {
        using var inner = new Answering();
        // <snippet: http-client>
        var circuit = new AdaptiveCircuitBreaker("payments");
        using var budgets = new RateBudgets();
        RateBudget rate = budgets.Set("payments", RateBudgetOptions.PerSecond(burst: 20, permitsPerSecond: 5));

        ResiliencePipeline<HttpResponseMessage> pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddBudgetedRetry()                     // five tries, 1 s doubling to 30 s, Retry-After obeyed
            .AddAdaptiveCircuitBreaker(circuit)     // every attempt asks the circuit
            .AddRateBudget(rate)                    // every attempt spends a permit
            .AddTimeout(TimeSpan.FromSeconds(10))   // and has ten seconds
            .Build();

        using var client = new HttpClient(new ResilienceHttpHandler(pipeline, inner));
        // </snippet>
        using HttpResponseMessage response = await client.GetAsync(new Uri("http://payments/"), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Rate_budget()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        // <snippet: rate-budget>
        using var budgets = new RateBudgets(AwsRateBudgets.Defaults);

        // Two bounds on one API: the account's and the operation's. The tighter wins.
        budgets.Set("ecs/service-modify", new RateBudgetOptions
        {
            Bounds = [RateBound.PerSecond(500, 50), RateBound.PerSecond(50, 5)],
            QueueLimit = 1_000,
        });

        using RateLimitLease lease = await budgets["ecs/service-modify"].AcquireAsync(1, cancellation);
        if (!lease.IsAcquired && lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after))
            Console.WriteLine($"the queue is full; come back in {after}");
        // </snippet>
        Assert.True(lease.IsAcquired);
    }

    [Fact]
    public void Token_bucket()
    {
        // <snippet: token-bucket>
        // Timestamps in milliseconds, as a simulation or an engine without a clock of its own has them.
        var bucket = new TokenBucket(RateBound.PerSecond(burst: 20, permitsPerSecond: 1), ticksPerSecond: 1000, now: 0);
        bool now = bucket.TryTake(20, now: 0);
        long milliseconds = bucket.TicksUntil(1, now: 0);
        // </snippet>
        Assert.True(now);
        Assert.Equal(1000, milliseconds);
    }

    [Fact]
    public async Task Retry()
    {
        var time = new InstantClock();
        int tries = 0;
        // <snippet: retry>
        var budget = new RetryBudget("orders", share: 0.1, reserve: 100);   // one per dependency, shared

        ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddBudgetedRetry(new BudgetedRetryOptions<object>
            {
                Budget = budget,
                Tries = 5,
                Backoff = new Backoff { FirstDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(30), Jitter = 0.1 },
                Classify = outcome => outcome.Exception switch
                {
                    null => FailureVerdict.None,
                    TimeoutException => FailureVerdict.Transient,
                    InvalidDataException => FailureVerdict.Permanent,
                    Exception other => FailureClassifier.Of(other),
                },
            })
            .Build();
        // </snippet>
        await pipeline.ExecuteAsync(_ => ++tries < 3 ? throw new TimeoutException() : default(ValueTask), TestContext.Current.CancellationToken);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task Never_repeat()
    {
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = new InstantClock() }.AddBudgetedRetry().Build();
        int charged = 0;
        await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            // <snippet: never-repeat>
            ResilienceContext context = ResilienceContextPool.Shared.Get();
            context.Properties.Set(BudgetedRetryPipelineExtensions.NeverRepeat, true);
            await pipeline.ExecuteAsync(ChargeAsync, context);
            ResilienceContextPool.Shared.Return(context);
            // </snippet>
        });
        Assert.Equal(1, charged);

        ValueTask ChargeAsync(ResilienceContext context)
        {
            charged++;
            throw new TimeoutException();
        }
    }

    [Fact]
    public void Circuit()
    {
        var log = new List<string>();
        // <snippet: circuit>
        var circuit = new AdaptiveCircuitBreaker("search", new AdaptiveCircuitBreakerOptions
        {
            SlowCallDuration = TimeSpan.FromSeconds(2),   // two seconds are too late for a search
            SlowCallRatio = 0.8,
        });
        circuit.StateChanged += (_, change) => log.Add($"{change.From} -> {change.To}: {change.Reason}, open for {change.Break}");

        CircuitSnapshot now = circuit.Snapshot();   // state, traffic, ratios, efficiency
        circuit.Isolate();                          // take the dependency out by hand
        circuit.Close();                            // and back
        // </snippet>
        Assert.Equal(Polly.CircuitBreaker.CircuitState.Closed, now.State);
        Assert.Equal(2, log.Count);
    }

    [Fact]
    public void Without_polly()
    {
        var circuit = new AdaptiveCircuitBreaker("plain");
        bool called = false;
        // <snippet: without-polly>
        if (circuit.TryEnter(out CircuitTicket ticket))
        {
            var outcome = CallOutcome.Failure;
            try
            {
                CallDependency();
                outcome = CallOutcome.Success;
            }
            finally
            {
                circuit.Record(ticket, outcome);
            }
        }
        // </snippet>
        Assert.True(called);

        void CallDependency() => called = true;
    }

    [Fact]
    public void Tuning()
    {
        using var file = new StringReader("time,outcome,duration\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i},ok,0.05\n")));
        // <snippet: tuning>
        HistoryReading reading = FailureHistoryReader.Read(file);
        TuningReport report = CircuitBreakerTuner.Tune(reading.History, current: new AdaptiveCircuitBreakerOptions());
        Console.WriteLine(report.Reason);
        AdaptiveCircuitBreakerOptions use = report.Recommended;
        // </snippet>
        Assert.Equal(new AdaptiveCircuitBreakerOptions(), use);
    }

    private sealed class Answering : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
