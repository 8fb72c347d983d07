using System.Runtime.CompilerServices;
using Headroom.Resilience.Failures;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;

namespace Headroom.Resilience.CircuitBreaking;

/// <summary>What an outcome means, without a delegate per result type: a struct, so that judging allocates nothing.</summary>
internal interface IJudge<TResult>
{
    FailureVerdict Of(in Outcome<TResult> outcome);
}

/// <summary>One call through a circuit, the same for pipelines with and without a result type.</summary>
internal static class CircuitBreakerCall
{
    public static ValueTask<Outcome<TResult>> Execute<TResult, TState, TJudge>(
        AdaptiveCircuitBreaker circuit, ResilienceStrategyTelemetry telemetry, TJudge judge,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        where TJudge : struct, IJudge<TResult>
    {
        // 1. May the call be made?
        bool entered = circuit.TryEnter(out CircuitTicket ticket, out CircuitTransition? transition);
        if (transition is not null) Report(telemetry, context, transition.Value);
        if (!entered) return new ValueTask<Outcome<TResult>>(Outcome.FromException<TResult>(Refusal(circuit)));

        // 2. Make it.
        ValueTask<Outcome<TResult>> call;
        try
        {
            call = callback(context, state);
        }
        catch (Exception exception)
        {
            call = new ValueTask<Outcome<TResult>>(Outcome.FromException<TResult>(exception));
        }

        // 3. Tell what came of it; without a state machine when it is already known.
        if (!call.IsCompletedSuccessfully) return Finish(call, circuit, telemetry, judge, ticket, context);
        Outcome<TResult> outcome = call.Result;
        Record(circuit, telemetry, judge, ticket, context, outcome);
        return new ValueTask<Outcome<TResult>>(outcome);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Outcome<TResult>> Finish<TResult, TJudge>(
        ValueTask<Outcome<TResult>> call, AdaptiveCircuitBreaker circuit, ResilienceStrategyTelemetry telemetry, TJudge judge,
        CircuitTicket ticket, ResilienceContext context)
        where TJudge : struct, IJudge<TResult>
    {
        Outcome<TResult> outcome;
        try
        {
            outcome = await call.ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception exception)
        {
            outcome = Outcome.FromException<TResult>(exception);
        }

        Record(circuit, telemetry, judge, ticket, context, outcome);
        return outcome;
    }

    private static void Record<TResult, TJudge>(AdaptiveCircuitBreaker circuit, ResilienceStrategyTelemetry telemetry,
        TJudge judge, CircuitTicket ticket, ResilienceContext context, in Outcome<TResult> outcome)
        where TJudge : struct, IJudge<TResult>
    {
        CallOutcome result = CallOutcome.Ignored;
        try
        {
            result = judge.Of(outcome).Kind switch
            {
                FailureKind.Transient => CallOutcome.Failure,
                // The dependency lives and asks for less; an open circuit would be the wrong answer.
                FailureKind.Throttled => CallOutcome.Ignored,
                // A wrong request, rightly refused, is an answer.
                FailureKind.Permanent => CallOutcome.Success,
                _ => outcome.Exception is null ? CallOutcome.Success : CallOutcome.Ignored,
            };
        }
        finally
        {
            // Even when the judge throws, a probe's place is given back.
            circuit.Record(ticket, result, out CircuitTransition? transition);
            if (transition is not null) Report(telemetry, context, transition.Value);
        }
    }

    private static BrokenCircuitException Refusal(AdaptiveCircuitBreaker circuit)
    {
        CircuitSnapshot snapshot = circuit.Snapshot();
        if (snapshot.State == CircuitState.Isolated) return new IsolatedCircuitException($"The circuit '{circuit.Name}' is isolated.");
        return snapshot.RetryAfter > TimeSpan.Zero
            ? new BrokenCircuitException($"The circuit '{circuit.Name}' is open.", snapshot.RetryAfter)
            : new BrokenCircuitException($"The circuit '{circuit.Name}' is probing its dependency.");
    }

    private static void Report(ResilienceStrategyTelemetry telemetry, ResilienceContext context, CircuitTransition transition)
    {
        (ResilienceEventSeverity severity, string name) = transition.To switch
        {
            CircuitState.Open => (ResilienceEventSeverity.Error, "OnCircuitOpened"),
            CircuitState.HalfOpen => (ResilienceEventSeverity.Warning, "OnCircuitHalfOpened"),
            CircuitState.Closed => (ResilienceEventSeverity.Information, "OnCircuitClosed"),
            _ => (ResilienceEventSeverity.Warning, "OnCircuitIsolated"),
        };
        telemetry.Report(new ResilienceEvent(severity, name), context, transition);
    }
}
