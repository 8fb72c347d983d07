using System.Diagnostics;
using System.Threading.RateLimiting;
using Headroom.Resilience.RateLimiting;

namespace Headroom.Resilience.Bench;

/// <summary>
/// Long-run rate and fairness: callers take permits as fast as they get them; the rate granted is compared with the
/// configured one. The framework's own token bucket stands beside.
/// </summary>
internal static class RateRows
{
    public static async Task Run(TimeSpan duration, int rounds)
    {
        Console.WriteLine();
        Console.WriteLine("| limiter | callers | rate/s | burst | granted/s | error | longest wait | CPU cores | bytes/permit |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach ((int callers, bool waits, int rate, int burst) in new[]
                 {
                     (2, false, 1_000_000, 100_000), (2, true, 1_000_000, 100_000), (64, true, 1_000_000, 100_000),
                     (2, false, 1_000_000, 10_000), (2, true, 1_000_000, 10_000), (64, true, 1_000_000, 10_000),
                     (2, true, 1_000_000, 1_000), (64, true, 1_000_000, 1_000),
                     (2, true, 1_000_000, 100), (64, true, 1_000_000, 100),
                     (64, true, 100_000, 10_000), (64, true, 10_000, 1), (64, true, 1_000, 1), (64, true, 100, 1), (64, true, 100, 20),
                 })
        {
            await Best("Headroom", () => new RateBudget("bench", RateBudgetOptions.PerSecond(burst, rate)), callers, waits, rate, burst, duration, rounds);
            await Best("framework", () => Framework(rate, burst), callers, waits, rate, burst, duration, rounds);
        }

        await Ceiling(duration, rounds);
    }

    // The framework's bucket adds a fixed number of tokens whenever its timer fires, so it loses what a late timer costs.
    // It gets the longest period its burst allows, up to 20 ms: that is where it loses least.
    private static TokenBucketRateLimiter Framework(int rate, int burst)
    {
        int tokens = Math.Clamp(rate / 50, 1, burst);
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / rate),
            QueueLimit = 10_000,
            AutoReplenishment = true,
        });
    }

    // The run nearest to the configured rate: what else runs on the machine only takes from it.
    private static async Task Best(string name, Func<RateLimiter> limiter, int callers, bool waits, int rate, int burst, TimeSpan duration, int rounds)
    {
        (double Error, string Line) best = (double.MaxValue, "");
        for (int round = 0; round < rounds; round++)
        {
            (double Error, string Line) run = await Row(name, limiter(), callers, waits, rate, burst, duration);
            if (Math.Abs(run.Error) < Math.Abs(best.Error)) best = run;
        }

        Console.WriteLine(best.Line);
    }

    private static async Task<(double Error, string Line)> Row(string name, RateLimiter limiter, int callers, bool waits, int rate, int burst, TimeSpan duration)
    {
        // Each caller's count and longest wait stand on a cache line of their own.
        var counts = new long[callers * 16];
        using var stop = new CancellationTokenSource();
        if (burst < int.MaxValue) Drain(limiter);
        long bytes = GC.GetTotalAllocatedBytes(true);
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Task[] tasks = [.. Enumerable.Range(0, callers).Select(i => waits
            ? Task.Run(() => Wait(limiter, counts, i * 16, stop.Token))
            : Task.Factory.StartNew(() => Attempt(limiter, counts, i * 16, stop.Token), TaskCreationOptions.LongRunning))];
        await Task.Delay(duration);
        await stop.CancelAsync();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long granted = Enumerable.Range(0, callers).Sum(i => counts[i * 16]);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(true) - bytes;
        await limiter.DisposeAsync();
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        double perSecond = granted / elapsed.TotalSeconds;
        double longest = Enumerable.Range(0, callers).Max(i => counts[(i * 16) + 1]) * 1000.0 / Stopwatch.Frequency;
        return ((perSecond / rate) - 1, $"| {name} | {callers} {(waits ? "waiting" : "attempting")} | {rate:N0} | {burst:N0} | {perSecond:N0} | {(perSecond / rate) - 1:+0.00%;-0.00%} | {(waits ? $"{longest:0.0} ms" : "-")} | {cpu / elapsed:0.00} | {(double)bytes / Math.Max(1, granted):0} |");
    }

    // Starts from an empty bucket, so that the first burst is not counted as rate.
    private static void Drain(RateLimiter limiter)
    {
        while (limiter.AttemptAcquire().IsAcquired) { }
    }

    private static void Attempt(RateLimiter limiter, long[] counts, int at, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (limiter.AttemptAcquire().IsAcquired) counts[at]++;
        }
    }

    private static async Task Wait(RateLimiter limiter, long[] counts, int at, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ValueTask<RateLimitLease> acquire = limiter.AcquireAsync(1, CancellationToken.None);
            bool waited = !acquire.IsCompleted;
            long since = waited ? Stopwatch.GetTimestamp() : 0;
            using RateLimitLease lease = await acquire;
            if (!lease.IsAcquired) return;
            counts[at]++;
            if (waited) counts[at + 1] = Math.Max(counts[at + 1], Stopwatch.GetTimestamp() - since);
        }
    }

    private static async Task Ceiling(TimeSpan duration, int rounds)
    {
        Console.WriteLine();
        Console.WriteLine("Without a bound in the way (rate 1,000,000,000/s), two threads:");
        await Best("Headroom", () => new RateBudget("bench", RateBudgetOptions.PerSecond(int.MaxValue, 1_000_000_000)), 2, true, 1_000_000_000, int.MaxValue, duration, rounds);
        await Best("framework", () => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = int.MaxValue, TokensPerPeriod = 1_000_000_000, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 10_000,
        }), 2, true, 1_000_000_000, int.MaxValue, duration, rounds);
    }
}
