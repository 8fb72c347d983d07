using Headroom.Resilience.Failures;
using Polly;

namespace Headroom.Resilience.Retry;

/// <summary>
/// How a call is tried again. The defaults are document 1's: five tries, 1 s doubling to 30 s, and a tenth of jitter;
/// the budget is added because retries without one multiply an outage.
/// </summary>
/// <typeparam name="TResult">Result of the calls; <see cref="object"/> in a pipeline without a type.</typeparam>
public sealed record BudgetedRetryOptions<TResult>
{
    /// <summary>Name in Polly's telemetry. Default <c>BudgetedRetry</c>.</summary>
    public string Name { get; init; } = "BudgetedRetry";

    /// <summary>Attempts in all, the first one included. Default 5; 1 never retries.</summary>
    public int Tries { get; init; } = 5;

    /// <summary>Delays between attempts.</summary>
    public Backoff Backoff { get; init; } = new();

    /// <summary>
    /// The budget that retries are taken from; null makes one for this pipeline alone, named after
    /// <see cref="Name"/>, with the defaults of <see cref="RetryBudget"/>.
    /// </summary>
    public RetryBudget? Budget { get; init; }

    /// <summary>
    /// The longest wait a dependency may ask for (Retry-After). A longer one ends the call with its failure: to come
    /// back earlier would disobey, to hold the caller so long helps nobody. Default 5 min.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What an outcome means. Transient and throttled outcomes are tried again. It must be free of side effects: it may
    /// be asked twice about one outcome. Null: <see cref="FailureClassifier.For{TResult}"/>.
    /// </summary>
    public Func<Outcome<TResult>, FailureVerdict>? Classify { get; init; }

    /// <summary>Draws from [0, 1) for the jitter; null: Polly's own thread-safe generator.</summary>
    public Func<double>? Randomizer { get; init; }

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [.. Backoff.Errors().Select(error => "Backoff." + error)];
        if (Tries < 1) errors.Add($"Tries is {Tries}; it must be 1 or more.");
        if (MaxRetryAfter < TimeSpan.Zero || MaxRetryAfter > TimeSpan.FromDays(1)) errors.Add($"MaxRetryAfter is {MaxRetryAfter:c}; it must be from zero to one day.");
        return errors;
    }
}
