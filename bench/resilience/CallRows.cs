using System.Diagnostics;
using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.RateLimiting;
using Headroom.Resilience.Retry;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Headroom.Resilience.Bench;

/// <summary>What one successful call costs: nanoseconds and bytes, beside Polly's own strategies.</summary>
internal static class CallRows
{
    public static void Run(TimeSpan duration)
    {
        Console.WriteLine();
        Console.WriteLine("| one successful call through | threads | ns/call | bytes/call |");
        Console.WriteLine("|---|---|---|---|");
        var circuit = new AdaptiveCircuitBreaker("bench");
        var budget = new RetryBudget("bench");
        var rate = new RateBudget("bench", RateBudgetOptions.PerSecond(int.MaxValue, 1_000_000_000));
        foreach (int threads in new[] { 1, 2 })
        {
            Row("circuit: TryEnter + Record", threads, duration, () =>
            {
                circuit.TryEnter(out CircuitTicket ticket);
                circuit.Record(ticket, CallOutcome.Success);
            });
            Row("retry budget: OnRequest", threads, duration, budget.OnRequest);
            Row("rate budget: AttemptAcquire", threads, duration, () => rate.AttemptAcquire());
            Pipeline("empty Polly pipeline", threads, duration, new ResiliencePipelineBuilder());
            Pipeline("pipeline with adaptive circuit breaker", threads, duration, new ResiliencePipelineBuilder().AddAdaptiveCircuitBreaker(circuit));
            Pipeline("pipeline with Polly's circuit breaker", threads, duration, new ResiliencePipelineBuilder().AddCircuitBreaker(new CircuitBreakerStrategyOptions()));
            Pipeline("pipeline with budgeted retry", threads, duration, new ResiliencePipelineBuilder().AddBudgetedRetry());
            Pipeline("pipeline with Polly's retry", threads, duration, new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()));
            Pipeline("pipeline with rate budget", threads, duration, new ResiliencePipelineBuilder().AddRateBudget(rate));
            Pipeline("retry, circuit and rate budget together", threads, duration,
                new ResiliencePipelineBuilder().AddBudgetedRetry().AddAdaptiveCircuitBreaker(circuit).AddRateBudget(rate));
        }
    }

    private static void Pipeline(string name, int threads, TimeSpan duration, ResiliencePipelineBuilder builder)
    {
        ResiliencePipeline pipeline = builder.Build();
        Row(name, threads, duration, () => pipeline.Execute(static state => state, 42));
    }

    private static void Row(string name, int threads, TimeSpan duration, Action call)
    {
        Measure(1, TimeSpan.FromMilliseconds(300), call);
        // The best of ten slices: what else runs on the machine only ever adds time.
        (double nanoseconds, double bytes) = Enumerable.Range(0, 10).Select(_ => Measure(threads, duration / 10, call)).Min();
        Console.WriteLine($"| {name} | {threads} | {nanoseconds:0} | {bytes:0.0} |");
    }

    // Time of one call as its thread sees it, while the other thread does the same.
    private static (double Nanoseconds, double Bytes) Measure(int threads, TimeSpan duration, Action call)
    {
        long calls = 0;
        long bytes = 0;
        long ticks = 0;
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            long n = 0;
            do
            {
                for (int i = 0; i < 1000; i++) call();
                n += 1000;
            }
            while (Stopwatch.GetElapsedTime(start) < duration);
            Interlocked.Add(ref ticks, Stopwatch.GetTimestamp() - start);
            Interlocked.Add(ref bytes, GC.GetAllocatedBytesForCurrentThread() - before);
            Interlocked.Add(ref calls, n);
        }))];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        return (ticks * 1e9 / Stopwatch.Frequency / calls, (double)bytes / calls);
    }
}
