using Headroom.Metrics;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Records;

namespace Headroom.Objectives.Alarms.Notifications;

/// <summary>
/// Decides who is told what and when: once a change of state, by groups (Alertmanager: group_by, group_wait, group_interval,
/// repeat_interval), and not while silenced, inhibited, suppressed or under maintenance. What is kept back is told when that ends, if the
/// state then still differs from what was told last. A state machine without clock.
/// </summary>
/// <param name="project">What is watched.</param>
/// <param name="silences">Silences, those of the file included.</param>
public sealed class NotificationPlanner(AlarmProject project, IReadOnlyList<Silence> silences)
{
    private sealed record Member(AlarmDefinition Alarm, AlarmAction Action, AlarmInstance Instance, Labels Labels, string? MutedBy)
    {
        public AlarmState? Acted => Instance.Acted.TryGetValue(Action.Id, out var state) ? state : null;

        private bool IsBeginning => Acted is null && Instance.State != AlarmState.Alarm;

        // Noted as told without telling: a beginning that is OK, and states nobody asked to hear of. A gap in the data nobody asked about
        // changes nothing: whoever was told of an alarm is told of its end, and not of the alarm again.
        public bool PassesOver => Acted != Instance.State && Instance.State != AlarmState.InsufficientData && (IsBeginning || !Action.On.Contains(Instance.State));

        public bool Pending => MutedBy is null && Acted != Instance.State && Action.On.Contains(Instance.State) && !IsBeginning;
    }

    /// <summary>The labels by which an alarm's series is routed and matched: the series', the alarm's own over them, and its name as <c>alarm</c>.</summary>
    public static Labels LabelsOf(AlarmDefinition alarm, Labels series)
    {
        var labels = series;
        foreach (var (name, value) in alarm.Labels) labels = labels.With(name, value);
        return labels.With(AlarmMatchers.AlarmLabel, alarm.Name);
    }

    /// <summary>What keeps the actions of a series back, or null.</summary>
    public string? MutedBy(AlarmBoard board, AlarmDefinition alarm, AlarmInstance instance, DateTimeOffset now) => MutedBy(alarm, board.Of(alarm.Name), LabelsOf(alarm, instance.Labels), Alarming(board), now);

    /// <summary>Decides what is told now, and notes it on the board and in the groups.</summary>
    /// <param name="board">The states; what was told to whom is noted in it.</param>
    /// <param name="groups">What is remembered of groups; changed.</param>
    /// <param name="now">The instant.</param>
    public IReadOnlyList<Notification> Plan(AlarmBoard board, IDictionary<string, GroupState> groups, DateTimeOffset now)
    {
        var alarming = Alarming(board);
        var members = new Dictionary<string, List<Member>>(StringComparer.Ordinal);
        foreach (var alarm in project.Alarms)
            foreach (var action in alarm.Actions.DistinctBy(a => a.Id))
                foreach (var instance in board.Of(alarm.Name).Instances)
                {
                    var labels = LabelsOf(alarm, instance.Labels);
                    string group = GroupOf(alarm, action, labels);
                    if (!members.TryGetValue(group, out var list)) members[group] = list = [];
                    list.Add(new Member(alarm, action, instance, labels, MutedBy(alarm, board.Of(alarm.Name), labels, alarming, now)));
                }
        var told = new List<Member>();
        var notifications = new List<Notification>();
        foreach (var (key, group) in members)
        {
            told.AddRange(group.Where(m => m.PassesOver));
            if (Tell(key, group, groups, now) is not { } notification) continue;
            notifications.Add(notification);
            told.AddRange(group.Where(m => m.Pending));
        }
        foreach (string gone in groups.Keys.Except(members.Keys, StringComparer.Ordinal).ToList()) groups.Remove(gone);
        Note(board, told);
        return notifications;
    }

    private Notification? Tell(string key, List<Member> group, IDictionary<string, GroupState> groups, DateTimeOffset now)
    {
        var state = groups.TryGetValue(key, out var known) ? known : new GroupState(null, null);
        var alerting = project.Alerting;
        bool pending = group.Any(m => m.Pending);
        bool alarming = group.Any(m => m.Instance.State == AlarmState.Alarm && (m.Acted == AlarmState.Alarm || m.Pending));
        bool due = false, repeat = false;
        if (pending)
        {
            state = state with { FirstPending = state.FirstPending ?? now };
            var at = state.LastSent is { } last ? last + alerting.Interval : state.FirstPending.Value + alerting.Wait;
            due = now >= at;
        }
        else
        {
            state = state with { FirstPending = null };
            repeat = due = alerting.Repeat is { } every && state.LastSent is { } last && now >= last + every && group.Any(m => m is { MutedBy: null, Acted: AlarmState.Alarm, Instance.State: AlarmState.Alarm });
        }
        if (due) state = new GroupState(null, now);
        // A group in which nothing is wrong any more is new again when something is.
        if (!alarming && (due || !pending)) groups.Remove(key);
        else groups[key] = state;
        if (!due) return null;
        var shown = group.Where(m => m.Pending || m is { MutedBy: null, Instance.State: AlarmState.Alarm }).OrderByDescending(m => m.Instance.State).ThenBy(m => m.Labels).ToList();
        return new Notification(key, group[0].Alarm.Name, group[0].Action.Id, repeat, [.. shown.Select(m =>
            new NotifiedAlarm(m.Alarm.Name, m.Alarm.Description, m.Labels, m.Acted ?? AlarmState.InsufficientData, m.Instance.State, m.Instance.Since, m.Instance.Reason, m.Instance.Value))]);
    }

    private string GroupOf(AlarmDefinition alarm, AlarmAction action, Labels labels) => project.Alerting.GroupBy is { } by
        ? Digest.Of([action.Id, .. by.Select(name => labels[name])])
        : Digest.Of(action.Id, alarm.Name, labels.ToString());

    private List<(AlarmDefinition Alarm, Labels Labels)> Alarming(AlarmBoard board) => project.Alerting.Inhibit.Count == 0
        ? []
        : [.. from alarm in project.Alarms from instance in board.Of(alarm.Name).Instances where instance.State == AlarmState.Alarm select (alarm, LabelsOf(alarm, instance.Labels))];

    private string? MutedBy(AlarmDefinition alarm, AlarmStatus status, Labels labels, List<(AlarmDefinition Alarm, Labels Labels)> alarming, DateTimeOffset now)
    {
        if (alarm.Condition is CompositeCondition { Suppressor: { } suppressor } && status.Suppression.By is { } by) return $"suppressor {suppressor.Alarm} ({by})";
        if (silences.FirstOrDefault(s => s.Holds(now) && s.Matchers.Match(labels)) is { } silence) return $"silence {silence.Id}";
        if (project.Maintenance.FirstOrDefault(w => w.Matchers.Match(labels) && w.Holds(now)) is { } window) return $"maintenance {window.Name}";
        foreach (var rule in project.Alerting.Inhibit)
        {
            if (!rule.Target.Match(labels)) continue;
            // One that is a source itself is not kept quiet by its like (Alertmanager does the same, so that alarms do not silence each other).
            bool isSource = rule.Source.Match(labels);
            if (alarming.Find(a => rule.Source.Match(a.Labels) && !(isSource && rule.Target.Match(a.Labels)) && rule.Equal.All(name => a.Labels[name] == labels[name])) is { Alarm: { } source })
                return $"alarm {source.Name}";
        }
        return null;
    }

    private static void Note(AlarmBoard board, List<Member> told)
    {
        foreach (var alarm in told.GroupBy(m => m.Alarm.Name))
        {
            var status = board.Of(alarm.Key);
            var byLabels = alarm.ToLookup(m => m.Instance.Labels);
            board.Restore(status with
            {
                Instances = [.. status.Instances.Select(i => !byLabels[i.Labels].Any() ? i : i with
                {
                    Acted = byLabels[i.Labels].Aggregate(i.Acted.ToDictionary(), (acted, m) =>
                    {
                        acted[m.Action.Id] = i.State;
                        return acted;
                    }),
                })],
            });
        }
    }
}
