namespace Headroom.Objectives.ChangePoints;

/// <summary>What counts as a change point. The defaults are the one setting all measured error rates hold for.</summary>
public sealed record ChangePointOptions
{
    /// <summary>
    /// False changes to accept in 1,000 points of changeless noise, at most; 0.7 by default. A change counts when its p-value is at most 1 − e^(−rate·n/1000),
    /// or at most 0.05 in short series.
    /// </summary>
    public double FalseChangesPerThousand { get; init; } = 0.7;

    /// <summary>The largest p-value that counts in a series of <paramref name="points"/> points.</summary>
    public double Significance(int points) => Math.Max(SignificanceOfShort, 1 - Math.Exp(-FalseChangesPerThousand * points / 1000));

    /// <summary>A change counts only from this many standard deviations of the whole series up; 0.25 by default.</summary>
    public double MinimumSize { get; init; } = 0.25;

    /// <summary>Or, when above 0, only from this relative size up: 0.05 is 5% of the level before. 0 by default.</summary>
    public double MinimumRelativeSize { get; init; }

    /// <summary>Seasons to look for beside those the autocorrelation shows, in points; the time between points suggests some.</summary>
    public IReadOnlyList<int> LikelyPeriods { get; init; } = [];

    private const double SignificanceOfShort = 0.05;
}
