using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>ramping-arrival-rate</c>: a rate of started iterations that follows stages.</summary>
/// <param name="StartPerSecond">Iterations per second at the start.</param>
/// <param name="Stages">Where it goes from there, in iterations per second.</param>
public sealed record RampingArrivalRate(double StartPerSecond, IReadOnlyList<Stage> Stages) : OpenShape
{
    /// <inheritdoc/>
    public override string Executor => "ramping-arrival-rate";

    /// <inheritdoc/>
    public override TimeSpan Length => TimeSpan.FromSeconds(Rate.Length);

    internal override StageCurve Rate => new(StartPerSecond, Stages);

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { Stages = Stretch(Stages, duration) };

    /// <inheritdoc/>
    public override string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"up to {Rate.Peak:#,0.###} arrivals/s in {Stages.Count} stages over {DurationText.Format(Length)}, {(Arrival == ArrivalPattern.Poisson ? "Poisson" : "even")}, up to {MaxVus:N0} users");
}
