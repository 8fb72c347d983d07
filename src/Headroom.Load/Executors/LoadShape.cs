namespace Headroom.Load.Executors;

/// <summary>
/// How much load a scenario makes over time; one subclass per executor. Open shapes start iterations at their own times,
/// whatever the system does; closed ones start the next when the last is done.
/// </summary>
public abstract record LoadShape
{
    private protected LoadShape()
    {
    }

    /// <summary>The executor's name in a plan.</summary>
    public abstract string Executor { get; }

    /// <summary>How long iterations are started at most; <c>maxDuration</c> where a number of iterations decides.</summary>
    public abstract TimeSpan Length { get; }

    /// <summary>The most virtual users at one time.</summary>
    public abstract int MaxVus { get; }

    /// <summary>The same shape for another number of users (<c>VUS</c>): ramps keep their form and peak there.</summary>
    public abstract LoadShape WithVus(int vus);

    /// <summary>The same shape in another time (<c>DURATION</c>): stages keep their proportions.</summary>
    public abstract LoadShape WithDuration(TimeSpan duration);

    /// <summary>One line for people: <c>64 users for 30s</c>.</summary>
    public abstract string Describe();

    private protected static IReadOnlyList<Stage> Stretch(IReadOnlyList<Stage> stages, TimeSpan to)
    {
        double total = stages.Sum(s => s.Duration.TotalSeconds);
        return total == 0 ? stages : [.. stages.Select(s => s with { Duration = s.Duration * (to.TotalSeconds / total) })];
    }

    private protected static IReadOnlyList<Stage> Raise(IReadOnlyList<Stage> stages, double peak, double to) =>
        peak == 0 ? stages : [.. stages.Select(s => s with { Target = s.Target * to / peak })];
}

/// <summary>A shape that keeps a number of virtual users busy.</summary>
public abstract record ClosedShape : LoadShape
{
    /// <summary>The number of users over time.</summary>
    internal abstract StageCurve Users { get; }

    /// <summary>Iterations that all users share; null when there is no such bound.</summary>
    internal virtual long? SharedBudget => null;

    /// <summary>Iterations of each user; null when there is no such bound.</summary>
    internal virtual long? BudgetPerVu => null;

    /// <summary>How many users there should be at a time, in seconds.</summary>
    internal int UsersAt(double seconds) => seconds >= Users.Length ? 0 : (int)Math.Floor(Users.At(seconds) + StageCurve.Tolerance);
}

/// <summary>A shape that starts iterations at given times.</summary>
public abstract record OpenShape : LoadShape
{
    /// <summary>How arrivals are spread.</summary>
    public ArrivalPattern Arrival { get; init; }

    /// <summary>Users made before the start; more are made when they are needed.</summary>
    public int PreAllocatedVus { get; init; }

    /// <summary>The bound on users; arrivals that find none free wait, and their waiting counts in their response time.</summary>
    public int? MaxVusGiven { get; init; }

    /// <inheritdoc/>
    public sealed override int MaxVus => MaxVusGiven ?? Math.Max(PreAllocatedVus, (int)Math.Clamp(Math.Ceiling(Rate.Peak * 2), 10, 10_000));

    /// <summary>Iterations per second over time.</summary>
    internal abstract StageCurve Rate { get; }

    /// <inheritdoc/>
    public override LoadShape WithVus(int vus) => this with { MaxVusGiven = vus, PreAllocatedVus = Math.Min(PreAllocatedVus, vus) };
}

/// <summary>How the arrivals of an open shape are spread around their rate.</summary>
public enum ArrivalPattern
{
    /// <summary>At equal distances.</summary>
    Even,

    /// <summary>Independent of each other, as those of many users are: a Poisson process.</summary>
    Poisson,
}
