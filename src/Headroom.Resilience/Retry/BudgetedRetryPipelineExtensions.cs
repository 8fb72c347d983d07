using Headroom.Resilience.Failures;
using Polly;
using Polly.Retry;

namespace Headroom.Resilience.Retry;

/// <summary>Puts budgeted retries into a Polly pipeline: Polly's own retry, asked to obey a budget and Retry-After.</summary>
public static class BudgetedRetryPipelineExtensions
{
    /// <summary>
    /// Set to true in a call's <see cref="ResilienceContext.Properties"/>, it forbids to repeat this one call, for
    /// instance because its effect must not happen twice.
    /// </summary>
    public static readonly ResiliencePropertyKey<bool> NeverRepeat = new("Headroom.Resilience.NeverRepeat");

    /// <summary>Adds retries to a pipeline of one result type.</summary>
    /// <exception cref="ArgumentException">The options are not valid; the message says everything that is wrong.</exception>
    public static ResiliencePipelineBuilder<TResult> AddBudgetedRetry<TResult>(
        this ResiliencePipelineBuilder<TResult> builder, BudgetedRetryOptions<TResult>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        options ??= new BudgetedRetryOptions<TResult>();
        return Validated(options).Tries == 1 ? builder
            : builder.AddRetry(Configure(new RetryStrategyOptions<TResult>(), options, builder.TimeProvider));
    }

    /// <summary>Adds retries to a pipeline of any result; results are seen as objects.</summary>
    /// <exception cref="ArgumentException">The options are not valid; the message says everything that is wrong.</exception>
    public static ResiliencePipelineBuilder AddBudgetedRetry(
        this ResiliencePipelineBuilder builder, BudgetedRetryOptions<object>? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        options ??= new BudgetedRetryOptions<object>();
        return Validated(options).Tries == 1 ? builder
            : builder.AddRetry((RetryStrategyOptions)Configure(new RetryStrategyOptions(), options, builder.TimeProvider));
    }

    private static RetryStrategyOptions<TResult> Configure<TResult>(
        RetryStrategyOptions<TResult> retry, BudgetedRetryOptions<TResult> options, TimeProvider? time)
    {
        Func<Outcome<TResult>, FailureVerdict> classify = options.Classify ?? FailureClassifier.For<TResult>(time);
        RetryBudget budget = options.Budget ?? new RetryBudget(options.Name);
        Func<double> random = options.Randomizer ?? retry.Randomizer;
        int retries = options.Tries - 1;

        retry.Name = options.Name;
        retry.MaxRetryAttempts = retries;
        retry.ShouldHandle = arguments =>
        {
            // 1. Every call is booked once, at its first outcome.
            if (arguments.AttemptNumber == 0) budget.OnRequest();

            // 2. Only what may pass by itself is tried again, and only as late as the dependency asks.
            FailureVerdict verdict = classify(arguments.Outcome);
            if (verdict.Kind is not (FailureKind.Transient or FailureKind.Throttled)) return PredicateResult.False();
            if (arguments.AttemptNumber >= retries) return PredicateResult.True();
            if (verdict.RetryAfter > options.MaxRetryAfter) return PredicateResult.False();
            if (arguments.Context.Properties.GetValue(NeverRepeat, false)) return PredicateResult.False();

            // 3. And only while retries stay their share of requests. The last attempt asks for none.
            return budget.TryTakeRetry() ? PredicateResult.True() : PredicateResult.False();
        };
        retry.DelayGenerator = arguments =>
        {
            double draw = random();
            TimeSpan delay = options.Backoff.Delay(arguments.AttemptNumber, draw);
            if (classify(arguments.Outcome).RetryAfter is { } after)
            {
                // Never earlier than asked; with jitter, for all who were refused together were told the same time.
                TimeSpan obeyed = after + (after * (options.Backoff.Jitter * draw));
                if (obeyed > delay) delay = obeyed;
            }

            return new ValueTask<TimeSpan?>(delay);
        };
        return retry;
    }

    private static BudgetedRetryOptions<TResult> Validated<TResult>(BudgetedRetryOptions<TResult> options)
    {
        IReadOnlyList<string> errors = options.Errors();
        return errors.Count == 0 ? options : throw new ArgumentException(string.Join(" ", errors), nameof(options));
    }
}
