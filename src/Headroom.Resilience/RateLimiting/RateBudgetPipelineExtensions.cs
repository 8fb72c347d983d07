using System.Threading.RateLimiting;
using Polly;

namespace Headroom.Resilience.RateLimiting;

/// <summary>Puts a rate budget into a Polly pipeline.</summary>
public static class RateBudgetPipelineExtensions
{
    /// <summary>
    /// Takes one permit of the limiter before each call, waiting in its queue; a refused call ends with
    /// <see cref="RateBudgetExceededException"/>. Inside a retry it paces every attempt, which is what a provider counts.
    /// The pipeline does not own the limiter: pipelines that call the same API share one.
    /// </summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="limiter">A <see cref="RateBudget"/>, or any other limiter.</param>
    public static TBuilder AddRateBudget<TBuilder>(this TBuilder builder, RateLimiter limiter)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(limiter);
        return builder.AddStrategy(context => new RateBudgetStrategy(limiter, context.Telemetry), new RateBudgetStrategyOptions());
    }

    private sealed class RateBudgetStrategyOptions : ResilienceStrategyOptions
    {
        public RateBudgetStrategyOptions() => Name = "RateBudget";
    }
}
