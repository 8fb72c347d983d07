using Headroom.Metrics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Notifications;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class NotificationPlannerTests
{
    private const string Two = """
        alarms:
          - {name: slow, query: x, when: "> 0", labels: {severity: page}, actions: [{webhook: "https://a/hook"}]}
          - {name: errors, query: x, when: "> 0", labels: {severity: ticket}, actions: [{webhook: "https://a/hook"}, {command: notify, on: [alarm, insufficientData]}]}
        """;

    [Fact]
    public void A_change_is_told_once_and_its_end_too()
    {
        var house = new House(Two);
        Assert.Equal([], house.Say(0, ("slow", "", AlarmState.Ok)));
        Assert.Equal(["slow ALARM"], house.Say(1, ("slow", "", AlarmState.Alarm)));
        Assert.Equal([], house.Say(2));
        Assert.Equal(["slow OK"], house.Say(3, ("slow", "", AlarmState.Ok)));
        Assert.Equal([], house.Say(4));
    }

    [Fact]
    public void States_nobody_asked_for_are_passed_over_and_the_end_is_told_all_the_same()
    {
        var house = new House(Two);
        Assert.Equal(["slow ALARM"], house.Say(1, ("slow", "", AlarmState.Alarm)));
        Assert.Equal([], house.Say(2, ("slow", "", AlarmState.InsufficientData)));
        Assert.Equal(["slow OK"], house.Say(3, ("slow", "", AlarmState.Ok)));
    }

    [Fact]
    public void A_gap_in_the_data_nobody_asked_about_changes_nothing()
    {
        var house = new House(Two);
        house.Say(0, ("slow", "", AlarmState.Ok));
        Assert.Equal([], house.Say(1, ("slow", "", AlarmState.InsufficientData)));
        Assert.Equal([], house.Say(2, ("slow", "", AlarmState.Ok)));
        Assert.Equal(["slow ALARM"], house.Say(3, ("slow", "", AlarmState.Alarm)));
        Assert.Equal([], house.Say(4, ("slow", "", AlarmState.InsufficientData)));
        Assert.Equal([], house.Say(5, ("slow", "", AlarmState.Alarm)));
    }

    [Fact]
    public void An_action_may_hear_of_the_end_alone()
    {
        var house = new House("alarms: [{name: slow, query: x, when: '> 0', actions: [{command: x, on: ok}]}]");
        Assert.Equal([], house.Say(0, ("slow", "", AlarmState.Alarm)));
        Assert.Equal(["slow OK"], house.Say(1, ("slow", "", AlarmState.Ok)));
    }

    [Fact]
    public void A_beginning_without_alarm_is_no_news_and_one_with_alarm_is()
    {
        var house = new House(Two);
        Assert.Equal([], house.Say(0, ("slow", "", AlarmState.InsufficientData), ("errors", "", AlarmState.Ok)));
        Assert.Equal(["errors ALARM", "errors ALARM"], house.Say(1, ("errors", "", AlarmState.Alarm)));
        // The command did not ask for OK.
        Assert.Equal(["errors OK"], house.Say(2, ("errors", "", AlarmState.Ok)));
        Assert.Equal(["errors ALARM", "errors ALARM"], house.Say(3, ("errors", "", AlarmState.Alarm)));
        Assert.Equal(["errors INSUFFICIENT_DATA"], house.Say(4, ("errors", "", AlarmState.InsufficientData)));
    }

    [Fact]
    public void What_a_silence_kept_back_is_told_when_it_ends_if_it_still_holds()
    {
        Assert.True(AlarmMatchers.TryParse("alarm=\"slow\"", out var matchers, out _));
        var house = new House(Two) { Silences = [new Silence("s", matchers, Given.Start, Given.Start.AddMinutes(10), null, null)] };
        Assert.Equal([], house.Say(1, ("slow", "a", AlarmState.Alarm), ("slow", "b", AlarmState.Alarm)));
        Assert.Equal("silence s", house.MutedBy("slow", 1));
        Assert.Equal([], house.Say(5, ("slow", "b", AlarmState.Ok)));
        Assert.Equal(["slow ALARM"], house.Say(10));
    }

    [Fact]
    public void Maintenance_keeps_actions_back()
    {
        var house = new House(Two + "\nmaintenance: [{name: patching, match: 'severity=\"page\"', from: '00:00', for: 5m}]\n");
        Assert.Equal(["errors ALARM", "errors ALARM"], house.Say(1, ("slow", "", AlarmState.Alarm), ("errors", "", AlarmState.Alarm)));
        Assert.Equal(["slow ALARM"], house.Say(5));
    }

    [Fact]
    public void An_inhibited_alarm_keeps_quiet_where_the_labels_are_equal()
    {
        var house = new House(Two + "\nalerting: {inhibit: [{source: 'severity=\"page\"', target: 'severity=\"ticket\"', equal: [service]}]}\n");
        Assert.Equal(["slow ALARM", "errors ALARM", "errors ALARM"], house.Say(1, ("slow", "a", AlarmState.Alarm), ("errors", "a", AlarmState.Alarm), ("errors", "b", AlarmState.Alarm)));
        Assert.Equal("alarm slow", house.MutedBy("errors", 1));
        Assert.Equal(["slow OK", "errors ALARM", "errors ALARM"], house.Say(2, ("slow", "a", AlarmState.Ok)));
    }

    [Fact]
    public void Alarms_that_are_source_and_target_do_not_silence_each_other()
    {
        var house = new House(Two + "\nalerting: {inhibit: [{source: 'service=\"a\"', target: 'service=\"a\"'}]}\n");
        Assert.Equal(["slow ALARM", "errors ALARM", "errors ALARM"], house.Say(1, ("slow", "a", AlarmState.Alarm), ("errors", "a", AlarmState.Alarm)));
    }

    [Fact]
    public void A_group_waits_is_told_in_intervals_and_repeated()
    {
        var house = new House(Two + "\nalerting: {groupBy: [service], wait: 30s, interval: 5m, repeat: 1h}\n");
        Assert.Equal([], house.Say(0, ("slow", "a", AlarmState.Alarm)));
        // Wait: what comes meanwhile is told together. The command of errors is another action, and has a group of its own.
        Assert.Equal(["errors+slow ALARM"], house.Say(0.5, ("errors", "a", AlarmState.Alarm)));
        Assert.Equal(["errors ALARM"], house.Say(1));
        // Interval: the next change waits for five minutes since the last notification.
        Assert.Equal([], house.Say(2, ("slow", "a", AlarmState.Ok)));
        Assert.Equal(["errors+slow ALARM"], house.Say(5.5));
        // Repeat.
        Assert.Equal([], house.Say(60));
        Assert.Equal(["errors ALARM repeat"], house.Say(61));
        Assert.Equal(["errors ALARM repeat"], house.Say(66));
    }

    [Fact]
    public void Groups_are_told_apart_by_their_labels_and_begin_anew_after_an_end()
    {
        var house = new House(Two + "\nalerting: {groupBy: [service], wait: 1m, interval: 5m}\n");
        Assert.Equal([], house.Say(0, ("slow", "a", AlarmState.Alarm), ("slow", "b", AlarmState.Alarm)));
        Assert.Equal(["slow ALARM", "slow ALARM"], house.Say(1));
        Assert.Equal(["slow OK"], house.Say(7, ("slow", "a", AlarmState.Ok)));
        // A new fire in a group that was put out waits again, and not for the interval.
        Assert.Equal([], house.Say(8, ("slow", "a", AlarmState.Alarm)));
        Assert.Equal(["slow ALARM"], house.Say(9));
    }

    [Fact]
    public void A_flap_inside_the_wait_is_not_told()
    {
        var house = new House(Two + "\nalerting: {groupBy: [], wait: 1m, interval: 5m}\n");
        house.Say(0, ("slow", "", AlarmState.Ok));
        Assert.Equal([], house.Say(1, ("slow", "", AlarmState.Alarm)));
        Assert.Equal([], house.Say(1.5, ("slow", "", AlarmState.Ok)));
        Assert.Equal([], house.Say(3));
    }

    [Fact]
    public void A_suppressed_composite_is_told_when_its_suppression_ends()
    {
        const string yaml = """
            alarms:
              - {name: m, query: x, when: "> 0"}
              - {name: c, rule: "TRUE", suppressor: m, wait: 2m, extension: 2m, actions: [{webhook: "https://a/hook"}]}
            """;
        var house = new House(yaml);
        var composite = house.Project.Alarms[1];
        List<string> Look(double minute, AlarmState suppressor)
        {
            house.Board.ApplyRule(composite, _ => suppressor, Given.Start.AddMinutes(minute));
            return house.Say(minute);
        }
        Assert.Equal([], Look(0, AlarmState.Ok));
        Assert.Equal("suppressor m (WaitPeriod)", house.MutedBy("c", 0));
        Assert.Equal([], Look(1, AlarmState.Alarm));
        Assert.Equal([], Look(10, AlarmState.Alarm));
        Assert.Equal([], Look(11, AlarmState.Ok));
        Assert.Equal(["c ALARM"], Look(13, AlarmState.Ok));
    }

    /// <summary>A planner with a board that is set by hand.</summary>
    private sealed class House(string yaml)
    {
        private readonly Dictionary<string, GroupState> _groups = [];

        public AlarmProject Project { get; } = Given.Load(yaml);

        public AlarmBoard Board { get; } = new();

        public IReadOnlyList<Silence> Silences { get; init; } = [];

        public List<string> Say(double minute, params ReadOnlySpan<(string Alarm, string Service, AlarmState State)> changes)
        {
            var now = Given.Start.AddMinutes(minute);
            foreach (var (alarm, service, state) in changes)
            {
                var labels = service.Length == 0 ? Labels.Empty : Labels.From(new Label("service", service));
                var status = Board.Of(alarm);
                var before = status.Instances.FirstOrDefault(i => i.Labels.Equals(labels)) ?? new AlarmInstance(labels, AlarmState.InsufficientData, now, "", null, null, new Dictionary<string, AlarmState>());
                Board.Restore(status with { Instances = [.. status.Instances.Where(i => !i.Labels.Equals(labels)), before with { State = state, Since = now, Reason = "set" }] });
            }
            return [.. new NotificationPlanner(Project, Silences).Plan(Board, _groups, now)
                .Select(n => $"{string.Join('+', n.Alarms.Select(a => a.Alarm).Distinct().Order())} {AlarmStates.WordOf(n.Alarms.Max(a => a.State))}{(n.Repeat ? " repeat" : "")}")];
        }

        public string? MutedBy(string alarm, double minute) =>
            new NotificationPlanner(Project, Silences).MutedBy(Board, Project.Alarms.First(a => a.Name == alarm), Board.Of(alarm).Instances.OrderBy(i => i.Labels).First(), Given.Start.AddMinutes(minute));
    }
}
