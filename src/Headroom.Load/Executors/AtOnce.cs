using Headroom.Configuration.Values;

namespace Headroom.Load.Executors;

/// <summary><c>at-once</c>, also <c>spike</c>: a number of users that all start one iteration at the same moment.</summary>
/// <param name="Together">Users.</param>
/// <param name="MaxDuration">A user that could not start by then does not.</param>
public sealed record AtOnce(int Together, TimeSpan MaxDuration) : ClosedShape
{
    /// <inheritdoc/>
    public override string Executor => "at-once";

    /// <inheritdoc/>
    public override TimeSpan Length => MaxDuration;

    /// <inheritdoc/>
    public override int MaxVus => Together;

    internal override StageCurve Users => new(Together, [new Stage(MaxDuration, Together)]);

    internal override long? BudgetPerVu => 1;

    /// <inheritdoc/>
    public override LoadShape WithVus(int vus) => this with { Together = vus };

    /// <inheritdoc/>
    public override LoadShape WithDuration(TimeSpan duration) => this with { MaxDuration = duration };

    /// <inheritdoc/>
    public override string Describe() => $"{Together:N0} users at once, one iteration each, at most {DurationText.Format(MaxDuration)}";
}
