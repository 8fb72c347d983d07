namespace Headroom.Objectives.Trends;

/// <summary>Where a KPI has been going over a window.</summary>
/// <param name="Direction">Relative to which way is better; for a target range, towards or away from the range.</param>
/// <param name="From">The fitted value at the window's start (Theil–Sen line), in the KPI's unit.</param>
/// <param name="To">The fitted value at the window's end.</param>
/// <param name="Low">The smallest value seen in the window.</param>
/// <param name="High">The largest value seen in the window.</param>
/// <param name="PValue">Two-sided p-value of the seasonal Kendall test, corrected for autocorrelation.</param>
/// <param name="SlopePerDay">Theil–Sen slope per day.</param>
public sealed record Trend(TrendDirection Direction, double From, double To, double Low, double High, double PValue, double SlopePerDay);

/// <summary>The judgement of a <see cref="Trend"/>.</summary>
public enum TrendDirection
{
    /// <summary>No significant movement, or one too small to matter.</summary>
    Stable,

    /// <summary>Moving the better way.</summary>
    Improving,

    /// <summary>Moving the worse way.</summary>
    Degrading,

    /// <summary>Moving, but the KPI has neither target nor critical bound that says which way is better.</summary>
    Unjudged,
}
