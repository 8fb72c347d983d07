namespace Headroom.Resilience.RateLimiting;

/// <summary>
/// One bound on a rate, as cloud providers publish them: at most <paramref name="Burst"/> permits at once, refilled with
/// <paramref name="Permits"/> per <paramref name="Per"/>. In any window of length t at most
/// <c>Burst + Permits / Per · t</c> permits are granted.
/// </summary>
/// <param name="Burst">Capacity of the bucket, in permits; at least 1.</param>
/// <param name="Permits">Permits refilled per <paramref name="Per"/>; 1 to 100,000,000,000.</param>
/// <param name="Per">The period of the sustained rate; above zero, at most one day. It is a unit, not a tick: refill is continuous.</param>
public sealed record RateBound(int Burst, long Permits, TimeSpan Per)
{
    /// <summary>
    /// A bound with the sustained rate in permits per second. The decimal is taken exactly: 0.1 is one permit each ten
    /// seconds, without a rounding error that adds up.
    /// </summary>
    /// <param name="burst">Capacity of the bucket, in permits; at least 1.</param>
    /// <param name="permitsPerSecond">Sustained rate; above zero, with at most four decimals.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate has more than four decimals.</exception>
    public static RateBound PerSecond(int burst, decimal permitsPerSecond)
    {
        long seconds = 1;
        decimal permits = permitsPerSecond;
        while (permits != decimal.Truncate(permits))
        {
            if (seconds == 10_000)
            {
                throw new ArgumentOutOfRangeException(nameof(permitsPerSecond), permitsPerSecond,
                    "A rate takes at most four decimals; give it as permits per a longer period instead.");
            }

            permits *= 10;
            seconds *= 10;
        }

        return new RateBound(burst, (long)permits, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>The sustained rate in permits per second, for people; the limiter itself counts in integers.</summary>
    public double PermitsPerSecond => Permits / Per.TotalSeconds;

    /// <inheritdoc/>
    public override string ToString() =>
        Per == TimeSpan.FromSeconds(1) ? $"{Burst} burst, {Permits}/s" : $"{Burst} burst, {Permits} per {Per:c}";

    internal IEnumerable<string> Errors()
    {
        if (Burst < 1) yield return $"Burst is {Burst}; a bucket holds at least 1 permit.";
        if (Permits is < 1 or > 100_000_000_000) yield return $"Permits is {Permits}; it must be from 1 to 100,000,000,000.";
        if (Per <= TimeSpan.Zero || Per > TimeSpan.FromDays(1)) yield return $"Per is {Per:c}; it must be above zero and at most one day.";
    }
}
