using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>ramping-vus</c>: a number of users that follows stages.</summary>
/// <param name="StartVus">Users at the start.</param>
/// <param name="Stages">Where it goes from there.</param>
public sealed record RampingVus(int StartVus, IReadOnlyList<Stage> Stages) : ClosedShape
{
    /// <summary>How long a user that the ramp takes away may still work on its iteration.</summary>
    public TimeSpan GracefulRampDown { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override string Executor => "ramping-vus";

    /// <inheritdoc/>
    public override TimeSpan Length => TimeSpan.FromSeconds(Users.Length);

    /// <inheritdoc/>
    public override int MaxVus => (int)Math.Ceiling(Users.Peak);

    internal override StageCurve Users => new(StartVus, Stages);

    /// <inheritdoc/>
    public override LoadShape WithVus(int vus) => this with { StartVus = MaxVus == 0 ? 0 : (int)((long)StartVus * vus / MaxVus), Stages = Raise(Stages, MaxVus, vus) };

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { Stages = Stretch(Stages, duration) };

    /// <inheritdoc/>
    public override string Describe() => $"up to {MaxVus:N0} users in {Stages.Count} stages over {DurationText.Format(Length)}";
}
