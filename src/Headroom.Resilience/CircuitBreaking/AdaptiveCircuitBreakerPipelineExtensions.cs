using Headroom.Resilience.Failures;
using Polly;
using Polly.Telemetry;

namespace Headroom.Resilience.CircuitBreaking;

/// <summary>Puts an adaptive circuit breaker into a Polly pipeline.</summary>
public static class AdaptiveCircuitBreakerPipelineExtensions
{
    private const string StrategyName = "AdaptiveCircuitBreaker";

    /// <summary>
    /// Sends calls through a circuit; one that it refuses ends with Polly's <c>BrokenCircuitException</c> and the time to
    /// come back. Exceptions are judged; a result counts as success, except an HTTP response with a failing status.
    /// </summary>
    /// <param name="builder">The pipeline. Inside a retry, outside a time-out, is the usual place.</param>
    /// <param name="circuit">The dependency's circuit; the pipeline does not own it.</param>
    /// <param name="classify">What an exception means; null: <see cref="FailureClassifier.Of(Exception)"/>.</param>
    public static ResiliencePipelineBuilder AddAdaptiveCircuitBreaker(
        this ResiliencePipelineBuilder builder, AdaptiveCircuitBreaker circuit, Func<Exception, FailureVerdict>? classify = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(circuit);
        classify ??= FailureClassifier.Of;
        return builder.AddStrategy(context => new Strategy(circuit, context.Telemetry, classify), new StrategyOptions());
    }

    /// <summary>Sends calls of one result type through a circuit.</summary>
    /// <param name="builder">The pipeline. Inside a retry, outside a time-out, is the usual place.</param>
    /// <param name="circuit">The dependency's circuit; the pipeline does not own it.</param>
    /// <param name="classify">What an outcome means; null: <see cref="FailureClassifier.For{TResult}"/>.</param>
    public static ResiliencePipelineBuilder<TResult> AddAdaptiveCircuitBreaker<TResult>(
        this ResiliencePipelineBuilder<TResult> builder, AdaptiveCircuitBreaker circuit, Func<Outcome<TResult>, FailureVerdict>? classify = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(circuit);
        classify ??= FailureClassifier.For<TResult>(builder.TimeProvider);
        return builder.AddStrategy(context => new Strategy<TResult>(circuit, context.Telemetry, classify), new StrategyOptions());
    }

    private sealed class StrategyOptions : ResilienceStrategyOptions
    {
        public StrategyOptions() => Name = StrategyName;
    }

    private sealed class Strategy(AdaptiveCircuitBreaker circuit, ResilienceStrategyTelemetry telemetry, Func<Exception, FailureVerdict> classify)
        : ResilienceStrategy
    {
        protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state) =>
            CircuitBreakerCall.Execute(circuit, telemetry, new ExceptionJudge<TResult>(classify), callback, context, state);
    }

    private sealed class Strategy<T>(AdaptiveCircuitBreaker circuit, ResilienceStrategyTelemetry telemetry, Func<Outcome<T>, FailureVerdict> classify)
        : ResilienceStrategy<T>
    {
        protected override ValueTask<Outcome<T>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state) =>
            CircuitBreakerCall.Execute(circuit, telemetry, new OutcomeJudge<T>(classify), callback, context, state);
    }

    private readonly struct ExceptionJudge<TResult>(Func<Exception, FailureVerdict> classify) : IJudge<TResult>
    {
        public FailureVerdict Of(in Outcome<TResult> outcome) =>
            outcome.Exception is { } exception ? classify(exception)
            : outcome.Result is HttpResponseMessage response ? FailureClassifier.Of(response.StatusCode)
            : FailureVerdict.None;
    }

    private readonly struct OutcomeJudge<TResult>(Func<Outcome<TResult>, FailureVerdict> classify) : IJudge<TResult>
    {
        public FailureVerdict Of(in Outcome<TResult> outcome) => classify(outcome);
    }
}
