using System.Threading.RateLimiting;
using Headroom.Resilience.RateLimiting;
using Headroom.TestKit;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class RateBudgetConcurrencyTests
{
    [Fact]
    public async Task Many_threads_together_never_get_more_than_is_there()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(100_000, 1), new VirtualTimeProvider());
        long[] taken = new long[4];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            for (int n = 0; n < 50_000; n++)
            {
                if (budget.AttemptAcquire().IsAcquired) taken[i]++;
            }
        }, TestContext.Current.CancellationToken)));

        Assert.Equal(100_000, taken.Sum());
    }

    [Fact]
    public async Task Callers_that_wait_give_up_and_come_again_on_the_real_clock_lose_and_invent_nothing()
    {
        // On the system's clock, fast enough that pump, timer, pool and cancellation all meet; ends by count.
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(500, 2_000_000));
        long granted = 0;
        long cancelled = 0;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (int n = 0; n < 2000; n++)
            {
                using var cancel = new CancellationTokenSource();
                ValueTask<RateLimitLease> acquire = budget.AcquireAsync(random.Next(1, 20), cancel.Token);
                if (random.Next(3) == 0) await cancel.CancelAsync();
                try
                {
                    using RateLimitLease lease = await acquire;
                    Assert.True(lease.IsAcquired);
                    Interlocked.Increment(ref granted);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                }
            }
        }, TestContext.Current.CancellationToken)));

        Assert.Equal(16 * 2000, granted + cancelled);
        RateLimiterStatistics statistics = budget.GetStatistics()!;
        Assert.Equal(granted, statistics.TotalSuccessfulLeases);
        Assert.Equal(0, statistics.TotalFailedLeases);
        Assert.Equal(0, statistics.CurrentQueuedCount);
    }

    [Fact]
    public async Task Options_edited_while_callers_wait_leave_nobody_behind()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1000, 1_000_000));
        Task callers = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int n = 0; n < 5000; n++)
            {
                using RateLimitLease lease = await budget.AcquireAsync(1);
                Assert.True(lease.IsAcquired);
            }
        }, TestContext.Current.CancellationToken)));

        var random = new Random(1);
        while (!callers.IsCompleted)
        {
            budget.Change(RateBudgetOptions.PerSecond(random.Next(1, 2000), random.Next(100_000, 2_000_000)));
            await Task.Yield();
        }

        await callers;
    }

    [Fact]
    public void A_grant_without_waiting_allocates_nothing()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1_000_000, 1), new VirtualTimeProvider());
        Spend(1000);

        // The runtime allocates on this thread when it compiles a method anew; what grants allocate, they allocate every time.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Spend(10_000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);

        void Spend(int permits)
        {
            for (int i = 0; i < permits; i++)
            {
                budget.AttemptAcquire().Dispose();
                new Pending1(budget.AcquireAsync(1, CancellationToken.None)).Finish();
            }
        }
    }

    [Fact]
    public void Waiting_allocates_nothing_once_the_pool_is_warm()
    {
        var clock = new SilentClock();
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(2, 1) with { InitialPermits = 0 }, clock);
        Round(100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(10_000);
        long spent = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, spent);

        void Round(int times)
        {
            for (int i = 0; i < times; i++)
            {
                var waits = new Pending1(budget.AcquireAsync(1, CancellationToken.None));
                clock.Now += 2;
                // Whoever asks next serves those who wait first, and takes what is left.
                Assert.True(budget.AttemptAcquire(1).IsAcquired);
                waits.Finish();
            }
        }
    }

    private readonly struct Pending1(ValueTask<RateLimitLease> acquisition)
    {
        public void Finish() => acquisition.GetAwaiter().GetResult().Dispose();
    }

    /// <summary>One tick is one second; timers never fire, so everything happens in the calls the test makes.</summary>
    private sealed class SilentClock : TimeProvider
    {
        private static readonly ITimer s_silent = new SilentTimer();

        public long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => s_silent;
    }

    private sealed class SilentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => default;
    }
}
