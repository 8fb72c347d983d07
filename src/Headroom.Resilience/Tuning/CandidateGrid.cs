using Headroom.Resilience.CircuitBreaking;

namespace Headroom.Resilience.Tuning;

/// <summary>The options tuning compares: document 2's thresholds scaled up and down, and the ratios and breaks in use elsewhere.</summary>
internal static class CandidateGrid
{
    private static readonly (int Low, int Normal, int High)[] s_rows =
        [(2, 3, 5), (3, 5, 10), (4, 8, 15), (5, 10, 20), (8, 15, 30), (12, 25, 50)];

    private static readonly double[] s_ratios = [0.3, 0.5, 0.7];
    private static readonly int[] s_calls = [20, 50];
    private static readonly int[] s_breaks = [2, 5, 10];

    public static List<AdaptiveCircuitBreakerOptions> Around(AdaptiveCircuitBreakerOptions current)
    {
        var candidates = new List<AdaptiveCircuitBreakerOptions>();
        foreach ((int low, int normal, int high) in s_rows)
        {
            foreach (double ratio in s_ratios)
            {
                foreach (int calls in s_calls)
                {
                    foreach (int seconds in s_breaks)
                    {
                        candidates.Add(current with
                        {
                            LowTrafficFailures = low,
                            NormalTrafficFailures = normal,
                            HighTrafficFailures = high,
                            FailureRatio = ratio,
                            MinimumCalls = calls,
                            BreakDuration = TimeSpan.FromSeconds(Math.Min(seconds, current.MaxBreakDuration.TotalSeconds)),
                        });
                    }
                }
            }
        }

        return candidates;
    }
}
