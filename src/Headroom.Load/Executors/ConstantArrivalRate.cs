using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>constant-arrival-rate</c>: a number of iterations started per time unit, whatever becomes of them.</summary>
/// <param name="PerSecond">Iterations per second.</param>
/// <param name="Duration">How long.</param>
public sealed record ConstantArrivalRate(double PerSecond, TimeSpan Duration) : OpenShape
{
    /// <inheritdoc/>
    public override string Executor => "constant-arrival-rate";

    /// <inheritdoc/>
    public override TimeSpan Length => Duration;

    internal override StageCurve Rate => new(PerSecond, [new Stage(Duration, PerSecond)]);

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { Duration = duration };

    /// <inheritdoc/>
    public override string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{PerSecond:#,0.###} arrivals/s for {DurationText.Format(Duration)}, {(Arrival == ArrivalPattern.Poisson ? "Poisson" : "even")}, up to {MaxVus:N0} users");
}
