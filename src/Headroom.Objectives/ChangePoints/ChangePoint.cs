namespace Headroom.Objectives.ChangePoints;

/// <summary>A place from which on a series behaves differently.</summary>
/// <param name="Index">The first point after the change.</param>
/// <param name="Time">That point's time, Unix milliseconds; null in a series without times.</param>
/// <param name="Before">The level just before it, seasons taken out.</param>
/// <param name="After">The level just after it.</param>
/// <param name="PValue">Chance that noise of this series' dependence shows a change this strong anywhere in a series of this length (at most <see cref="ChangePointHistory.Window"/> points).</param>
/// <param name="Low">The earliest point at which the change may have been (about 95%).</param>
/// <param name="High">The latest such point.</param>
/// <param name="Kind">What changed.</param>
public readonly record struct ChangePoint(int Index, long? Time, double Before, double After, double PValue, int Low, int High, ChangeKind Kind)
{
    /// <summary>After − before, in the series' unit.</summary>
    public double Size => After - Before;

    /// <summary>Size / |before|; infinite from 0, and 0 for no movement.</summary>
    public double RelativeSize => Size == 0 ? 0 : Size / Math.Abs(Before);
}

/// <summary>What changed at a change point.</summary>
public enum ChangeKind
{
    /// <summary>The level.</summary>
    Level,

    /// <summary>The slope.</summary>
    Slope,
}
