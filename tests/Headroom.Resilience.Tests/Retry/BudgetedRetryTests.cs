using Headroom.Resilience.Failures;
using Headroom.Resilience.Retry;
using Polly;

namespace Headroom.Resilience.Tests.Retry;

public sealed class BudgetedRetryTests
{
    private readonly InstantClock _time = new();

    [Fact]
    public async Task Five_tries_wait_one_two_four_and_eight_seconds_and_a_tenth_of_jitter()
    {
        ResiliencePipeline pipeline = Pipeline(new() { Randomizer = () => 0.5 });
        int tries = 0;

        await Assert.ThrowsAsync<HttpRequestException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            tries++;
            throw new HttpRequestException("down");
        }, TestContext.Current.CancellationToken));

        Assert.Equal(5, tries);
        Assert.Equal([1.05, 2.1, 4.2, 8.4], _time.Delays.Select(delay => Math.Round(delay.TotalSeconds, 6)));
    }

    [Fact]
    public async Task A_success_after_failures_is_the_result()
    {
        ResiliencePipeline pipeline = Pipeline(new());
        int tries = 0;

        int result = await pipeline.ExecuteAsync(
            _ => ++tries < 3 ? throw new TimeoutException() : ValueTask.FromResult(42), TestContext.Current.CancellationToken);

        Assert.Equal(42, result);
        Assert.Equal(2, _time.Delays.Count);
    }

    [Fact]
    public async Task What_another_try_cannot_change_is_tried_once()
    {
        ResiliencePipeline pipeline = Pipeline(new());
        int tries = 0;

        await Assert.ThrowsAsync<ArgumentException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            tries++;
            throw new ArgumentException("bad");
        }, TestContext.Current.CancellationToken));

        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task A_dependencys_own_delay_is_obeyed_and_never_cut_short()
    {
        ResiliencePipeline pipeline = Pipeline(new()
        {
            Tries = 3,
            Randomizer = () => 0,
            Classify = outcome => outcome.Exception is null ? FailureVerdict.None : FailureVerdict.Throttled(TimeSpan.FromSeconds(90)),
        });

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipeline.ExecuteAsync(
            _ => throw new InvalidOperationException(), TestContext.Current.CancellationToken));

        Assert.Equal([90, 90], _time.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task A_delay_shorter_than_the_backoff_does_not_shorten_it()
    {
        ResiliencePipeline pipeline = Pipeline(new()
        {
            Tries = 2,
            Randomizer = () => 0,
            Classify = outcome => outcome.Exception is null ? FailureVerdict.None : FailureVerdict.Throttled(TimeSpan.FromMilliseconds(1)),
        });

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipeline.ExecuteAsync(
            _ => throw new InvalidOperationException(), TestContext.Current.CancellationToken));

        Assert.Equal([1], _time.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task A_dependency_that_asks_for_longer_than_is_bearable_ends_the_call()
    {
        ResiliencePipeline pipeline = Pipeline(new()
        {
            MaxRetryAfter = TimeSpan.FromSeconds(60),
            Classify = outcome => outcome.Exception is null ? FailureVerdict.None : FailureVerdict.Throttled(TimeSpan.FromSeconds(61)),
        });
        int tries = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            tries++;
            throw new InvalidOperationException();
        }, TestContext.Current.CancellationToken));

        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task In_an_outage_retries_stay_within_the_budget_and_the_failure_comes_through()
    {
        var budget = new RetryBudget("outage", share: 0.1, reserve: 4);
        ResiliencePipeline pipeline = Pipeline(new() { Budget = budget });
        int attempts = 0;
        for (int call = 0; call < 100; call++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(async () => await pipeline.ExecuteAsync(_ =>
            {
                attempts++;
                throw new HttpRequestException("down");
            }, TestContext.Current.CancellationToken));
        }

        Assert.InRange(attempts, 100 + 10, 100 + 4 + 10);
    }

    [Fact]
    public async Task The_last_try_takes_nothing_out_of_the_budget()
    {
        var budget = new RetryBudget("last", share: 0, reserve: 10);
        ResiliencePipeline pipeline = Pipeline(new() { Budget = budget, Tries = 3 });
        await Assert.ThrowsAsync<HttpRequestException>(async () => await pipeline.ExecuteAsync(
            _ => throw new HttpRequestException("down"), TestContext.Current.CancellationToken));

        Assert.Equal(8, budget.Available);
    }

    [Fact]
    public async Task A_call_that_must_not_happen_twice_is_tried_once()
    {
        ResiliencePipeline pipeline = Pipeline(new());
        ResilienceContext context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        context.Properties.Set(BudgetedRetryPipelineExtensions.NeverRepeat, true);
        int tries = 0;

        await Assert.ThrowsAsync<HttpRequestException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            tries++;
            throw new HttpRequestException("lost reply");
        }, context));

        Assert.Equal(1, tries);
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public async Task A_callers_own_cancellation_is_never_tried_again()
    {
        ResiliencePipeline pipeline = Pipeline(new());
        int tries = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            tries++;
            throw new OperationCanceledException();
        }, TestContext.Current.CancellationToken));

        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task Results_are_classified_in_a_pipeline_of_their_type()
    {
        ResiliencePipeline<int> pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = _time }
            .AddBudgetedRetry(new() { Classify = outcome => outcome.Result < 0 ? FailureVerdict.Transient : FailureVerdict.None })
            .Build();
        int value = -3;

        Assert.Equal(0, await pipeline.ExecuteAsync(_ => ValueTask.FromResult(++value), TestContext.Current.CancellationToken));
        Assert.Equal(2, _time.Delays.Count);
    }

    [Fact]
    public void One_try_adds_nothing_and_bad_options_are_refused_with_all_their_errors()
    {
        Assert.NotNull(Pipeline(new() { Tries = 1 }));
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Pipeline(new()
        {
            Tries = 0,
            MaxRetryAfter = TimeSpan.FromDays(2),
            Backoff = new Backoff { Jitter = 2 },
        }));
        Assert.Contains("Tries is 0", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("MaxRetryAfter is", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Backoff.Jitter is 2", thrown.Message, StringComparison.Ordinal);
    }

    private ResiliencePipeline Pipeline(BudgetedRetryOptions<object> options) =>
        new ResiliencePipelineBuilder { TimeProvider = _time }.AddBudgetedRetry(options).Build();
}
