namespace Headroom.Objectives.Kpis;

/// <summary>
/// Which way a KPI gets better, from its target, else from its critical bound: a target below something means lower
/// is better, a critical bound below something means higher is. A range means nearer to it is better.
/// </summary>
/// <param name="Direction">The better way.</param>
/// <param name="Low">Lower end of the range; 0 unless <paramref name="Direction"/> is <see cref="BetterDirection.Inside"/>.</param>
/// <param name="High">Upper end of the range.</param>
public readonly record struct Preference(BetterDirection Direction, double Low = 0, double High = 0)
{
    /// <summary>Lower is better.</summary>
    public static readonly Preference Lower = new(BetterDirection.Lower);

    /// <summary>Higher is better.</summary>
    public static readonly Preference Higher = new(BetterDirection.Higher);

    /// <summary>Nothing says which way is better.</summary>
    public static readonly Preference Unknown = new(BetterDirection.Unknown);

    /// <summary>Reads the preference from a KPI's bounds.</summary>
    public static Preference Of(Bound? target, Bound? critical) => (target, critical) switch
    {
        ({ Operator: BoundOperator.Less or BoundOperator.LessOrEqual }, _) => Lower,
        ({ Operator: BoundOperator.Greater or BoundOperator.GreaterOrEqual }, _) => Higher,
        ({ } range, _) => new Preference(BetterDirection.Inside, range.Low, range.High),
        (null, { Operator: BoundOperator.Less or BoundOperator.LessOrEqual }) => Higher,
        (null, { Operator: BoundOperator.Greater or BoundOperator.GreaterOrEqual }) => Lower,
        _ => Unknown,
    };

    /// <summary>
    /// How bad a value is: the larger the worse, comparable between values of one KPI only. For a range the distance to
    /// it; 0 when nothing says which way is better.
    /// </summary>
    public double Badness(double value) => Direction switch
    {
        BetterDirection.Lower => value,
        BetterDirection.Higher => -value,
        BetterDirection.Inside => Math.Max(0, Math.Max(Low - value, value - High)),
        _ => 0,
    };
}

/// <summary>The ways in which a value can get better.</summary>
public enum BetterDirection
{
    /// <summary>Nothing says.</summary>
    Unknown,

    /// <summary>Lower is better, as for a latency.</summary>
    Lower,

    /// <summary>Higher is better, as for a throughput.</summary>
    Higher,

    /// <summary>Nearer to a range is better, as for a utilisation.</summary>
    Inside,
}
