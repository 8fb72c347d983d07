using System.Threading.RateLimiting;
using Headroom.Resilience.RateLimiting;
using Headroom.TestKit;
using Polly;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class RateBudgetStrategyTests
{
    private readonly VirtualTimeProvider _time = new();

    [Fact]
    public async Task A_call_without_a_permit_ends_with_the_time_to_come_back_and_is_not_made()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 0.5m) with { QueueLimit = 0 }, _time);
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddRateBudget(budget).Build();
        int calls = 0;
        await pipeline.ExecuteAsync(Call, TestContext.Current.CancellationToken);

        RateBudgetExceededException thrown = await Assert.ThrowsAsync<RateBudgetExceededException>(
            async () => await pipeline.ExecuteAsync(Call, TestContext.Current.CancellationToken));

        Assert.Equal(1, calls);
        Assert.Equal(2, thrown.RetryAfter!.Value.TotalSeconds, 5);

        ValueTask Call(CancellationToken cancellation)
        {
            calls++;
            return default;
        }
    }

    [Fact]
    public async Task A_call_waits_for_its_permit()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 1), _time);
        budget.AttemptAcquire();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddRateBudget(budget).Build();

        Task<int> call = pipeline.ExecuteAsync(_ => ValueTask.FromResult(7), TestContext.Current.CancellationToken).AsTask();
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1.001));

        Assert.Equal(7, await call);
    }

    [Fact]
    public async Task A_caller_that_gives_up_while_waiting_is_cancelled()
    {
        using var budget = new RateBudget("api", RateBudgetOptions.PerSecond(1, 1), _time);
        budget.AttemptAcquire();
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddRateBudget(budget).Build();
        using var cancel = new CancellationTokenSource();

        Task call = pipeline.ExecuteAsync(_ => default, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Another_limiters_permit_is_returned_when_the_call_is_over()
    {
        await using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1 });
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder().AddRateBudget(limiter).Build();
        for (int i = 0; i < 3; i++) await pipeline.ExecuteAsync(_ => default, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RateBudgetExceededException>(async () => await pipeline.ExecuteAsync(
            async cancellation => await pipeline.ExecuteAsync(_ => default, cancellation), TestContext.Current.CancellationToken));
    }
}
