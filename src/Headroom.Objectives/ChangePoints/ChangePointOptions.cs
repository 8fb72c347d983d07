namespace Headroom.Objectives.ChangePoints;

/// <summary>What counts as a change point. The defaults are the one setting all measured error rates hold for.</summary>
public sealed record ChangePointOptions
{
    /// <summary>A change counts only when its p-value, over all places and lengths it could have had, is at most this; 0.05 by default.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>A change counts only from this many standard deviations of the whole series up; 0.25 by default.</summary>
    public double MinimumSize { get; init; } = 0.25;

    /// <summary>Or, when above 0, only from this relative size up: 0.05 is 5% of the level before. 0 by default.</summary>
    public double MinimumRelativeSize { get; init; }

    /// <summary>Seasons to look for beside those the autocorrelation shows, in points; the time between points suggests some.</summary>
    public IReadOnlyList<int> LikelyPeriods { get; init; } = [];

    internal double Penalty { get; init; } = 1.6;
    internal double SlopePenalty { get; init; } = 6;
    internal double NoiseFloor { get; init; } = 0.1;
    internal double LargestRho { get; init; } = 0.9;
    internal double Sharpness { get; init; } = 5;
}
