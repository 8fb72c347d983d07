using FsCheck;
using FsCheck.Fluent;
using Headroom.Resilience.Retry;

namespace Headroom.Resilience.Tests.Retry;

public sealed class RetryBudgetTests
{
    [Fact]
    public void Retries_never_exceed_the_reserve_and_their_share_of_requests() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var budget = new RetryBudget("property", random.Next(0, 1000) / 1000.0, random.Next(0, 20));
            int requests = 0;
            int retries = 0;
            for (int i = 0; i < 2000; i++)
            {
                if (random.Next(3) > 0)
                {
                    budget.OnRequest();
                    requests++;
                }
                else if (budget.TryTakeRetry())
                {
                    retries++;
                }

                Assert.True(retries <= budget.Reserve + (budget.Share * requests) + 1e-9);
            }
        }));

    [Fact]
    public void In_a_long_outage_retries_are_the_reserve_and_the_share_to_the_last_one()
    {
        var budget = new RetryBudget("outage", share: 0.1, reserve: 10);
        int retries = 0;
        for (int i = 0; i < 10_000; i++)
        {
            budget.OnRequest();
            while (budget.TryTakeRetry()) retries++;
        }

        // The first request meets a full reserve and leaves nothing.
        Assert.Equal(10 + 999, retries);
    }

    [Fact]
    public void Without_a_reserve_the_share_still_adds_up_to_whole_retries()
    {
        var budget = new RetryBudget("bare", share: 0.5, reserve: 0);
        Assert.False(budget.TryTakeRetry());
        budget.OnRequest();
        Assert.False(budget.TryTakeRetry());
        budget.OnRequest();
        Assert.True(budget.TryTakeRetry());
    }

    [Fact]
    public async Task Threads_that_share_a_budget_together_get_what_one_would_get()
    {
        var budget = new RetryBudget("threads", share: 0.25, reserve: 1000);
        int retries = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                budget.OnRequest();
                if (budget.TryTakeRetry()) Interlocked.Increment(ref retries);
            }
        }, TestContext.Current.CancellationToken)));

        Assert.InRange(retries, 20_000, 21_000);
    }

    [Fact]
    public void Granted_and_refused_retries_are_measured()
    {
        using var meter = new MeterWatch("budget", "retry-metrics");
        var budget = new RetryBudget("retry-metrics", share: 0, reserve: 1);
        budget.TryTakeRetry();
        budget.TryTakeRetry();
        budget.TryTakeRetry();
        meter.Observe();

        Assert.Equal(1, meter.Sum("headroom.resilience.retry.granted"));
        Assert.Equal(2, meter.Sum("headroom.resilience.retry.refused"));
        Assert.Equal(0, meter.Last("headroom.resilience.retry.available"));
        GC.KeepAlive(budget);
    }

    [Fact]
    public void Booking_and_taking_allocate_nothing()
    {
        var budget = new RetryBudget("allocation", 0.5, 10);
        Round(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round(int times)
        {
            for (int i = 0; i < times; i++)
            {
                budget.OnRequest();
                budget.TryTakeRetry();
            }
        }
    }
}
