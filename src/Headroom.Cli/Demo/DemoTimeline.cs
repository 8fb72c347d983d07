namespace Headroom.Cli.Demo;

/// <summary>
/// When what happens. Traffic flows from <see cref="Start"/> to <see cref="End"/> without a pause; the windows only say
/// how it is read. The change falls on a boundary of the store's 10 s slots, so that no slot holds requests of both
/// windows.
/// </summary>
/// <param name="Start">First request.</param>
/// <param name="Before">Start of the window before the change; what comes earlier warms both sides up.</param>
/// <param name="Complete">From here on a KPI's range holds only slots that traffic filled; its chart begins here.</param>
/// <param name="Change">The endpoint becomes slower; the first window ends and the second starts.</param>
/// <param name="End">Last request.</param>
internal readonly record struct DemoTimeline(DateTimeOffset Start, DateTimeOffset Before, DateTimeOffset Complete, DateTimeOffset Change, DateTimeOffset End)
{
    private const long SlotMilliseconds = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ShortestBefore = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan AfterLength = TimeSpan.FromSeconds(15);

    /// <summary>The timeline of a demo whose first request goes out at an instant.</summary>
    public static DemoTimeline From(DateTimeOffset start)
    {
        var change = SlotFrom(start + WarmUp + ShortestBefore);
        // Whole seconds back from the change, so that the seconds of the window end with it.
        var before = change - TimeSpan.FromSeconds(Math.Floor((change - start - WarmUp).TotalSeconds));
        // The slot in which traffic starts is part empty, and the first full one is known at its end.
        var complete = SlotFrom(start) + TimeSpan.FromMilliseconds(SlotMilliseconds);
        return new DemoTimeline(start, before, complete, change, change + AfterLength);
    }

    private static DateTimeOffset SlotFrom(DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeMilliseconds((at.ToUnixTimeMilliseconds() + SlotMilliseconds - 1) / SlotMilliseconds * SlotMilliseconds);
}
