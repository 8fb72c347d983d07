using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>shared-iterations</c>: a number of iterations that users take as they become free.</summary>
/// <param name="Vus">Users.</param>
/// <param name="Iterations">Iterations of all users together.</param>
/// <param name="MaxDuration">After this no more are started.</param>
public sealed record SharedIterations(int Vus, long Iterations, TimeSpan MaxDuration) : ClosedShape
{
    /// <inheritdoc/>
    public override string Executor => "shared-iterations";

    /// <inheritdoc/>
    public override TimeSpan Length => MaxDuration;

    /// <inheritdoc/>
    public override int MaxVus => (int)Math.Min(Vus, Iterations);

    internal override StageCurve Users => new(MaxVus, [new Stage(MaxDuration, MaxVus)]);

    internal override long? SharedBudget => Iterations;

    /// <inheritdoc/>
    public override LoadShape WithVus(int vus) => this with { Vus = vus };

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { MaxDuration = duration };

    /// <inheritdoc/>
    public override string Describe() => $"{Iterations:N0} iterations shared by {Vus:N0} users, at most {DurationText.Format(MaxDuration)}";
}
