using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Alarms;

/// <summary>How notifications are put together. The section <c>alerting</c>.</summary>
/// <param name="GroupBy">Alarms whose actions are the same and whose values of these labels agree share a notification; null when every instance has its own.</param>
/// <param name="Wait">How long a new group waits for more before it is told.</param>
/// <param name="Interval">The least time between two notifications of a group.</param>
/// <param name="Repeat">After how long a group that is still in ALARM is told again; null for never.</param>
/// <param name="Inhibit">What keeps quiet while something else is in ALARM.</param>
public sealed record AlertingSettings(IReadOnlyList<string>? GroupBy, TimeSpan Wait, TimeSpan Interval, TimeSpan? Repeat, IReadOnlyList<Inhibition> Inhibit)
{
    /// <summary>Every change is told by itself, at once, once.</summary>
    public static AlertingSettings Default { get; } = new(null, TimeSpan.Zero, TimeSpan.Zero, null, []);
}

/// <summary>Declares the sections <c>alerting</c>, <c>silences</c> and <c>maintenance</c> of headroom.yaml.</summary>
public static class AlertingSections
{
    private static readonly Shape<AlarmMatchers> Matchers = Shapes.Parsed<AlarmMatchers>("conditions on labels such as alarm=\"api-slow\", service=~\"shop-.*\"", AlarmMatchers.TryParse, () => [new JsonObject { ["type"] = "string" }]);

    private static readonly Shape<DateTimeOffset> Instant = Shapes.Parsed("a time such as 2026-01-31T22:00:00Z (UTC without a zone)",
        (string text, out DateTimeOffset value, out string reason) =>
        {
            reason = "";
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
        }, () => [new JsonObject { ["type"] = "string" }]);

    private static readonly Shape<TimeOnly> ClockTime = Shapes.Parsed("a time of day such as \"22:00\"",
        (string text, out TimeOnly value, out string reason) =>
        {
            reason = "";
            return TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
        }, () => [new JsonObject { ["type"] = "string", ["pattern"] = "^[0-2][0-9]:[0-5][0-9]$" }]);

    /// <summary>The section <c>alerting</c>.</summary>
    public static ConfigurationSection<AlertingSettings> Alerting { get; } = ConfigurationSection.Of("alerting", "How notifications of alarms are put together.", DeclareAlerting(), AlertingSettings.Default);

    /// <summary>The section <c>silences</c>.</summary>
    public static ConfigurationSection<IReadOnlyList<Silence>> Silences { get; } = ConfigurationSection.Of<IReadOnlyList<Silence>>(
        "silences", "Times in which the actions of some alarms are kept back.", Shapes.List(DeclareSilence()), []);

    /// <summary>The section <c>maintenance</c>.</summary>
    public static ConfigurationSection<IReadOnlyList<MaintenanceWindow>> Maintenance { get; } = ConfigurationSection.Of<IReadOnlyList<MaintenanceWindow>>(
        "maintenance", "Times that come back on days of the week and keep actions back.", new UniquelyNamed<MaintenanceWindow>(DeclareWindow(), "maintenance-defined-twice", "maintenance windows"), []);

    private static ObjectShape<AlertingSettings> DeclareAlerting()
    {
        var groupBy = Property.Optional<IReadOnlyList<string>?>("groupBy", "Labels whose values must agree for alarms to share a notification. Default: every instance of an alarm has its own.", Shapes.List(Shapes.Text(100))!, null);
        var wait = Property.Optional("wait", "How long a new group waits for more. Default: 30s with groupBy, else 0.", Shapes.Duration().Maybe(), null);
        var interval = Property.Optional("interval", "The least time between two notifications of a group. Default: 5m with groupBy, else 0.", Shapes.Duration().Maybe(), null);
        var repeat = Property.Optional("repeat", "After how long a group that is still in ALARM is told again. Default: 4h with groupBy, else never.", Shapes.Duration(TimeSpan.FromMinutes(1)).Maybe(), null);
        var inhibit = Property.Optional<IReadOnlyList<Inhibition>>("inhibit", "What keeps quiet while something else is in ALARM.", Shapes.List(DeclareInhibition()), []);
        return new ObjectShape<AlertingSettings>("How notifications are put together.", [groupBy, wait, interval, repeat, inhibit],
            f => f.Get(groupBy) is { } labels
                ? new AlertingSettings(labels, f.Get(wait) ?? TimeSpan.FromSeconds(30), f.Get(interval) ?? TimeSpan.FromMinutes(5), f.Get(repeat) ?? TimeSpan.FromHours(4), f.Get(inhibit))
                : new AlertingSettings(null, f.Get(wait) ?? TimeSpan.Zero, f.Get(interval) ?? TimeSpan.Zero, f.Get(repeat), f.Get(inhibit)));
    }

    private static ObjectShape<Inhibition> DeclareInhibition()
    {
        var source = Property.Required("source", "Which alarms, in ALARM, make others keep quiet.", Matchers);
        var target = Property.Required("target", "Which alarms then keep quiet.", Matchers);
        var equal = Property.Optional<IReadOnlyList<string>>("equal", "Labels that must be the same on both.", Shapes.OneOrMore(Shapes.Text(100)), []);
        return new ObjectShape<Inhibition>("What keeps quiet while something else is in ALARM.", [source, target, equal], f => new Inhibition(f.Get(source), f.Get(target), f.Get(equal)));
    }

    private static ObjectShape<Silence> DeclareSilence()
    {
        var match = Property.Required("match", "Which alarms: alarm=\"api-slow\", service=~\"shop-.*\".", Matchers);
        var from = Property.Optional("from", "When it begins. Default: at once.", Instant, DateTimeOffset.MinValue);
        var until = Property.Required("until", "When it ends.", Instant);
        var comment = Property.Optional<string?>("comment", "Why.", Shapes.Text(500)!, null);
        return new ObjectShape<Silence>("A time in which actions are kept back.", [match, from, until, comment],
            f => new Silence($"file:{f.Mark.Line}", f.Get(match), f.Get(from), f.Get(until), f.Get(comment), "headroom.yaml"),
            f =>
            {
                if (f.Has(until, out var end) && f.Get(from) >= end) f.Report(until, "silence-empty", "The silence ends before it begins.", "Give a later time.");
            });
    }

    private static ObjectShape<MaintenanceWindow> DeclareWindow()
    {
        var name = Property.Required("name", "Unique, also among alarms; rules may name it.", Shapes.Text(200));
        var match = Property.Optional("match", "Which alarms. Default: all.", Matchers, AlarmMatchers.Everything);
        var days = Property.Optional<IReadOnlyList<DayOfWeek>>("days", "On which days it begins. Default: every day.", Shapes.OneOrMore(Shapes.Choice(
            [.. Enum.GetValues<DayOfWeek>().Select(d => (d.ToString()[..3].ToLowerInvariant(), d, d.ToString()))])), []);
        var from = Property.Required("from", "When it begins, by the clocks of the zone: \"22:00\".", ClockTime);
        var length = Property.Required("for", "How long it lasts, up to 7d.", Shapes.Duration(TimeSpan.FromMinutes(1)).Checked(time => time <= TimeSpan.FromDays(7)
            ? null
            : new Problem("maintenance-long", "The window is longer than 7d.", Fix: "Use a silence for a single long time.")));
        var zone = Property.Optional("zone", "The time zone, by its IANA name. Default: UTC.", SlosSection.ZoneShape, TimeZoneInfo.Utc);
        return new ObjectShape<MaintenanceWindow>("A time that comes back.", [name, match, days, from, length, zone],
            f => new MaintenanceWindow(f.Get(name), f.Get(match), f.Get(days), f.Get(from), f.Get(length), f.Get(zone)));
    }
}
