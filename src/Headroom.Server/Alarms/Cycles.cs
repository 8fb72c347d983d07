namespace Headroom.Server.Alarms;

/// <summary>The cycles people live by, day and week, in points.</summary>
internal static class Cycles
{
    /// <summary>Those that a history is long enough to show twice.</summary>
    public static IReadOnlyList<int> Of(TimeSpan step, int points) =>
        [.. ((TimeSpan[])[TimeSpan.FromDays(1), TimeSpan.FromDays(7)]).Select(cycle => (int)(cycle / step)).Where(period => period >= 2 && period * 2 <= points)];
}
