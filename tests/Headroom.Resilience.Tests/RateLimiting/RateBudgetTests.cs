using System.Threading.RateLimiting;
using Headroom.Resilience.RateLimiting;
using Headroom.TestKit;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class RateBudgetTests
{
    private static readonly CancellationToken s_never = CancellationToken.None;
    private readonly VirtualTimeProvider _time = new();

    [Fact]
    public void The_tighter_of_two_bounds_wins_in_the_burst_and_in_the_long_run()
    {
        using var budget = new RateBudget("api", new RateBudgetOptions
        {
            Bounds = [RateBound.PerSecond(10, 100), RateBound.PerSecond(50, 5)],
        }, _time);

        Assert.Equal(10, TakeAll(budget));
        _time.Advance(TimeSpan.FromMilliseconds(100.001));
        Assert.Equal(10, TakeAll(budget));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, TakeAll(budget));
        // 30 of the 50 are spent and 50 refilled: the wide bucket is full again, and from here its rate binds.
        int granted = 0;
        for (int second = 0; second < 1000; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            granted += TakeAll(budget);
        }

        Assert.InRange(granted, 5000, 5050);
    }

    [Fact]
    public void A_refused_call_learns_when_the_same_call_would_be_served()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(10, 4) with { QueueLimit = 0 }, _time);
        TakeAll(budget);

        using RateLimitLease lease = budget.AttemptAcquire(3);
        Assert.False(lease.IsAcquired);
        Assert.True(lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after));
        Assert.True(lease.TryGetMetadata(MetadataName.ReasonPhrase, out string? reason));
        Assert.Contains("no permits", reason, StringComparison.Ordinal);

        _time.Advance(after - TimeSpan.FromMicroseconds(1));
        Assert.False(budget.AttemptAcquire(3).IsAcquired);
        _time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.True(budget.AttemptAcquire(3).IsAcquired);
    }

    [Fact]
    public void A_full_queue_refuses_at_once_and_counts_those_ahead_in_the_time_to_retry()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(5, 1) with { QueueLimit = 4 }, _time);
        TakeAll(budget);
        var waits = new Pending(budget.AcquireAsync(4, s_never));

        var refused = new Pending(budget.AcquireAsync(1, s_never));

        Assert.False(waits.Done);
        Assert.True(refused.Done);
        Assert.True(refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after));
        Assert.Equal(5, after.TotalSeconds, 6);
    }

    [Fact]
    public void Waiting_callers_are_served_in_the_order_they_came_however_much_they_ask_for()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(10, 10), _time);
        TakeAll(budget);
        var large = new Pending(budget.AcquireAsync(10, s_never));
        var small = new Pending(budget.AcquireAsync(1, s_never));

        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(large.Done || small.Done);
        Assert.False(budget.AttemptAcquire().IsAcquired);

        _time.Advance(TimeSpan.FromMilliseconds(1.001));
        Assert.True(large.Granted);
        Assert.False(small.Done);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(small.Granted);
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_the_queue_and_lets_the_next_one_through()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(10, 10), _time);
        TakeAll(budget);
        using var cancel = new CancellationTokenSource();
        var large = new Pending(budget.AcquireAsync(10, cancel.Token));
        var small = new Pending(budget.AcquireAsync(2, s_never));
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.False(small.Done);

        await cancel.CancelAsync();

        Assert.True(small.Granted);
        OperationCanceledException thrown = Assert.Throws<OperationCanceledException>(() => large.Lease);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        Assert.Equal(0, budget.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact]
    public async Task The_next_caller_is_woken_on_its_own_time_when_the_head_gives_up()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(100, 1), _time);
        TakeAll(budget);
        using var cancel = new CancellationTokenSource();
        var large = new Pending(budget.AcquireAsync(100, cancel.Token));
        var small = new Pending(budget.AcquireAsync(1, s_never));
        await cancel.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => large.Lease);

        _time.Advance(TimeSpan.FromSeconds(1.001));

        Assert.True(small.Granted);
    }

    [Fact]
    public async Task A_cancelled_token_never_spends_a_permit()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 1), _time);
        await Assert.ThrowsAsync<TaskCanceledException>(async () => await budget.AcquireAsync(1, new CancellationToken(true)));

        Assert.True(budget.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public void Asking_for_nothing_tells_whether_a_permit_is_there_and_spends_none()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 1), _time);
        Assert.True(budget.AttemptAcquire(0).IsAcquired);
        Assert.True(budget.AttemptAcquire(1).IsAcquired);
        Assert.False(budget.AttemptAcquire(0).IsAcquired);
        var waits = new Pending(budget.AcquireAsync(0, s_never));
        Assert.False(waits.Done);
        _time.Advance(TimeSpan.FromSeconds(1.001));
        Assert.True(waits.Granted);
        Assert.True(budget.AttemptAcquire(1).IsAcquired);
    }

    [Fact]
    public void A_call_that_no_burst_could_ever_serve_is_an_error_of_the_caller()
    {
        using var budget = new RateBudget("api", new RateBudgetOptions
        {
            Bounds = [RateBound.PerSecond(100, 100), RateBound.PerSecond(5, 5)],
        }, _time);

        Assert.Throws<ArgumentOutOfRangeException>(() => budget.AttemptAcquire(6));
    }

    [Fact]
    public void A_higher_rate_put_in_force_wakes_those_who_wait()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 0.01m), _time);
        TakeAll(budget);
        var waits = new Pending(budget.AcquireAsync(1, s_never));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(waits.Done);

        budget.Change(RateBudgetOptions.PerSecond(1, 1));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(waits.Granted);
    }

    [Fact]
    public void A_caller_that_asks_for_more_than_the_new_burst_is_refused_instead_of_waiting_for_ever()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(10, 1), _time);
        TakeAll(budget);
        var large = new Pending(budget.AcquireAsync(9, s_never));
        var small = new Pending(budget.AcquireAsync(1, s_never));

        budget.Change(RateBudgetOptions.PerSecond(5, 1));

        Assert.True(large.Refused);
        _time.Advance(TimeSpan.FromSeconds(1.001));
        Assert.True(small.Granted);
    }

    [Fact]
    public void Closing_refuses_those_who_wait_and_then_everybody()
    {
        var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 1), _time);
        TakeAll(budget);
        var waits = new Pending(budget.AcquireAsync(1, s_never));

        budget.Dispose();

        Assert.True(waits.Refused);
        Assert.Throws<ObjectDisposedException>(() => budget.AttemptAcquire());
    }

    [Fact]
    public void Statistics_count_permits_queue_grants_and_refusals()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(5, 1), _time);
        budget.AttemptAcquire(4);
        budget.AttemptAcquire(2);
        var waits = new Pending(budget.AcquireAsync(3, s_never));

        RateLimiterStatistics statistics = budget.GetStatistics()!;
        Assert.Equal(1, statistics.CurrentAvailablePermits);
        Assert.Equal(3, statistics.CurrentQueuedCount);
        Assert.Equal(1, statistics.TotalSuccessfulLeases);
        Assert.Equal(1, statistics.TotalFailedLeases);
        Assert.False(waits.Done);
    }

    [Fact]
    public void A_budget_is_idle_from_the_moment_it_is_full()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(10, 1), _time);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, budget.IdleDuration!.Value.TotalSeconds, 5);
        budget.AttemptAcquire(2);
        Assert.Null(budget.IdleDuration);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, budget.IdleDuration!.Value.TotalSeconds, 5);
    }

    [Fact]
    public void An_empty_start_grants_nothing_until_the_rate_does()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(10, 1) with { InitialPermits = 0 }, _time);
        Assert.False(budget.AttemptAcquire().IsAcquired);
        _time.Advance(TimeSpan.FromSeconds(1.001));
        Assert.True(budget.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public void Options_that_cannot_be_used_are_refused_with_everything_that_is_wrong()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new RateBudget("api", new RateBudgetOptions
        {
            Bounds = [new RateBound(0, 1, TimeSpan.FromSeconds(1)), new RateBound(1, 1, TimeSpan.Zero)],
            QueueLimit = -1,
        }, _time));

        Assert.Contains("Bounds[0].Burst is 0", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Bounds[1].Per is", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("QueueLimit is -1", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_chains_with_the_frameworks_limiters()
    {
        using RateLimiter chained = RateLimiter.CreateChained(
            new RateBudget("account", RateBudgetOptions.PerSecond(3, 1), _time),
            new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 2 }));

        using RateLimitLease first = chained.AttemptAcquire();
        using RateLimitLease second = chained.AttemptAcquire();
        using RateLimitLease third = chained.AttemptAcquire();
        Assert.True(first.IsAcquired && second.IsAcquired && !third.IsAcquired);
    }

    private static int TakeAll(RateBudget budget)
    {
        int taken = 0;
        while (budget.AttemptAcquire().IsAcquired) taken++;
        return taken;
    }
}
