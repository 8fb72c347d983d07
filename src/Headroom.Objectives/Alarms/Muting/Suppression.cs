namespace Headroom.Objectives.Alarms.Muting;

/// <summary>
/// Where a composite alarm stands with its suppressor (CloudWatch user guide, "Suppressing composite alarm actions"). While it keeps the
/// actions back nothing is done; when it ends, what is done follows from the state at that time.
/// </summary>
/// <param name="SuppressorInAlarm">Whether the suppressor was in ALARM at the last look.</param>
/// <param name="WaitUntil">Until when the composite, which went into ALARM, waits for the suppressor; null when it does not.</param>
/// <param name="ExtensionUntil">Until when actions stay back after the suppressor left ALARM; null when they do not.</param>
public sealed record Suppression(bool SuppressorInAlarm, DateTimeOffset? WaitUntil, DateTimeOffset? ExtensionUntil)
{
    /// <summary>Before the first look.</summary>
    public static Suppression None { get; } = new(false, null, null);

    /// <summary>The next standing.</summary>
    /// <param name="suppressor">The suppressor and its periods.</param>
    /// <param name="suppressorInAlarm">Whether it is in ALARM now.</param>
    /// <param name="before">The composite's state at the last look.</param>
    /// <param name="after">Its state now.</param>
    /// <param name="now">The instant.</param>
    public Suppression Next(Suppressor suppressor, bool suppressorInAlarm, AlarmState before, AlarmState after, DateTimeOffset now)
    {
        if (suppressorInAlarm) return new Suppression(true, null, null);
        var extension = SuppressorInAlarm ? now + suppressor.Extension : ExtensionUntil;
        if (extension <= now) extension = null;
        var wait = after != AlarmState.Alarm ? null : before != AlarmState.Alarm ? now + suppressor.Wait : WaitUntil;
        if (wait <= now) wait = null;
        return new Suppression(false, wait, extension);
    }

    /// <summary>What keeps the actions back: <c>ALARM</c>, <c>ExtensionPeriod</c>, <c>WaitPeriod</c>, or null when nothing does.</summary>
    public string? By => SuppressorInAlarm ? "ALARM" : ExtensionUntil is not null ? "ExtensionPeriod" : WaitUntil is not null ? "WaitPeriod" : null;
}
