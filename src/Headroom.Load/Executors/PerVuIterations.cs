using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>per-vu-iterations</c>: every user does the same number of iterations.</summary>
/// <param name="Vus">Users.</param>
/// <param name="Iterations">Iterations of each.</param>
/// <param name="MaxDuration">After this no more are started.</param>
public sealed record PerVuIterations(int Vus, long Iterations, TimeSpan MaxDuration) : ClosedShape
{
    /// <inheritdoc/>
    public override string Executor => "per-vu-iterations";

    /// <inheritdoc/>
    public override TimeSpan Length => MaxDuration;

    /// <inheritdoc/>
    public override int MaxVus => Vus;

    internal override StageCurve Users => new(Vus, [new Stage(MaxDuration, Vus)]);

    internal override long? BudgetPerVu => Iterations;

    /// <inheritdoc/>
    public override LoadShape WithVus(int vus) => this with { Vus = vus };

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { MaxDuration = duration };

    /// <inheritdoc/>
    public override string Describe() => $"{Vus:N0} users with {Iterations:N0} iterations each, at most {DurationText.Format(MaxDuration)}";
}
