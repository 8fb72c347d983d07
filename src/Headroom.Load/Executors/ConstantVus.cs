using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>constant-vus</c>: a number of users for a time.</summary>
/// <param name="Vus">Users.</param>
/// <param name="Duration">How long they start iterations.</param>
public sealed record ConstantVus(int Vus, TimeSpan Duration) : ClosedShape
{
    /// <inheritdoc/>
    public override string Executor => "constant-vus";

    /// <inheritdoc/>
    public override TimeSpan Length => Duration;

    /// <inheritdoc/>
    public override int MaxVus => Vus;

    internal override StageCurve Users => new(Vus, [new Stage(Duration, Vus)]);

    /// <inheritdoc/>
    public override LoadShape WithVus(int vus) => this with { Vus = vus };

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { Duration = duration };

    /// <inheritdoc/>
    public override string Describe() => $"{Vus:N0} users for {DurationText.Format(Duration)}";
}
