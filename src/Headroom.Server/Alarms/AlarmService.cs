using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Notifications;
using Headroom.Objectives.Alarms.Records;
using Headroom.Objectives.Evaluation;
using Headroom.Server.Hosting;
using Headroom.Server.Logging;
using Headroom.Server.Projects;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Alarms;

/// <summary>
/// Evaluates alarms every ten seconds, each at its own period and ten seconds after it, writes what changed, and has it told. One round is: read
/// the configuration, evaluate, decide whom to tell, write everything in one go, then send.
/// </summary>
internal sealed class AlarmService : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(10);

    private readonly ServerOptions _options;
    private readonly IMetricsBackend _backend;
    private readonly ControlState _control;
    private readonly ILogger _log;
    private readonly IEvaluationLeadership _leadership;
    private readonly AlarmPorts _ports;
    private readonly ActionDispatcher _dispatcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, (AlarmStatus Status, DateTimeOffset At)> _written = new(StringComparer.Ordinal);
    private readonly EvaluationSchedule _schedule = new(Tick);
    private Task _running = Task.CompletedTask;
    private AlarmBoard? _board;
    private Dictionary<string, GroupState> _groups = [];
    private Project? _lastGood;
    private string? _broken;
    private volatile IReadOnlyList<AlarmStatus>? _snapshot;

    public AlarmService(ServerOptions options, IMetricsBackend backend, ControlState control, ILogger log, AlarmPorts? ports = null, IEvaluationLeadership? leadership = null, IReadOnlyDictionary<Type, IActionChannel>? channels = null)
    {
        (_options, _backend, _control, _log) = (options, backend, control, log);
        (_ports, _leadership) = (ports ?? AlarmBindings.Ports, leadership ?? new DirectoryLeadership());
        _dispatcher = new ActionDispatcher(() => Store, () => _lastGood?.Alarming, options.Time, log, channels ?? new Dictionary<Type, IActionChannel>
        {
            [typeof(WebhookAction)] = new WebhookChannel(options.Time),
            [typeof(CommandAction)] = new CommandChannel(() => Path.GetDirectoryName(options.ConfigPath), options.Time),
        });
    }

    /// <summary>The durable side of alarms.</summary>
    public AlarmStore Store => new(_control.Documents);

    /// <summary>The states as last evaluated; null when this server does not evaluate, or has not yet.</summary>
    public IReadOnlyList<AlarmStatus>? Snapshot => _snapshot;

    /// <summary>Begins to evaluate, if this server does.</summary>
    public void Start()
    {
        if (_options is { EvaluatesAlarms: true, ConfigPath: not null }) _running = Task.WhenAll(RunAsync(), _dispatcher.RunAsync(_stop.Token));
    }

    /// <summary>Evaluates one instant, writes what changed, and puts into the outbox what is to be told.</summary>
    public async ValueTask RoundAsync(DateTimeOffset instant, CancellationToken cancel)
    {
        if (LoadProject() is not { } project) return;
        var alarming = project.Alarming;
        if (alarming.Alarms.Count == 0 && _board is null) return;
        var store = Store;
        if (_board is null) (_board, _groups) = (store.LoadBoard(), store.LoadGroups());
        var now = _options.Time.GetUtcNow();
        var transitions = await new AlarmEvaluator(alarming, _backend, _ports).EvaluateAsync(_board, instant, cancel);
        var forgotten = _board.Retain([.. alarming.Alarms.Select(a => a.Name)]);
        var planner = new NotificationPlanner(alarming, [.. alarming.Silences, .. store.Silences()]);
        var groupsBefore = _groups.ToDictionary();
        var notifications = planner.Plan(_board, _groups, now);
        var write = new AlarmWrite(
            Changed(now), forgotten,
            [.. transitions.Select(t => new AlarmHistoryEntry(t.At, "state", t.Alarm, t.Labels.ToDictionary(l => l.Name, l => l.Value), AlarmStates.WordOf(t.From), AlarmStates.WordOf(t.To), t.Reason, t.Value))],
            [.. notifications.Select((n, i) => Entry(n, i, project.Name, now))],
            _groups.Count == groupsBefore.Count && _groups.All(g => groupsBefore.TryGetValue(g.Key, out var before) && before == g.Value) ? null : _groups.ToDictionary());
        try
        {
            await store.WriteAsync(write, cancel);
        }
        catch
        {
            // Memory must not know more than the disk: the next round starts from what was written.
            _board = null;
            _written.Clear();
            throw;
        }
        foreach (string name in forgotten) _written.Remove(name);
        foreach (var status in write.Statuses) _written[status.Name] = (status, now);
        foreach (var t in transitions) Log.AlarmChanged(_log, t.Alarm, t.Labels.ToString(), AlarmStates.WordOf(t.From), AlarmStates.WordOf(t.To), t.Reason);
        _snapshot = [.. _board.All];
        if (write.Outbox.Count > 0) _dispatcher.Wake();
    }

    /// <summary>Sends what is due.</summary>
    public ValueTask DispatchAsync(CancellationToken cancel) => _dispatcher.DispatchAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException) { }
        _dispatcher.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var time = _options.Time;
        while (!_stop.IsCancellationRequested)
        {
            var wait = _schedule.Until(time.GetUtcNow());
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, _stop.Token);
            long skipped = _schedule.Skipped;
            if (_schedule.Take(time.GetUtcNow()) is not { } instant) continue;
            if (_schedule.Skipped > skipped) Log.FellBehind(_log, _schedule.Skipped);
            try
            {
                if (await _leadership.LeadsAsync(_stop.Token)) await RoundAsync(instant, _stop.Token);
                else (_board, _snapshot) = (null, null);
            }
            catch (Exception error) when (error is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                Log.EvaluationFailed(_log, instant, error);
            }
        }
    }

    private Project? LoadProject()
    {
        try
        {
            (_lastGood, _broken) = (ProjectFile.Load(_options.ConfigPath), null);
        }
        catch (ProblemException problem)
        {
            // Said once, not every ten seconds.
            string text = problem.Problems[0].ToString();
            if (_broken != text) Log.ConfigurationBroken(_log, text);
            _broken = text;
        }
        return _lastGood;
    }

    // Reasons and values change all the time; they are written with what matters, and now and then.
    private List<AlarmStatus> Changed(DateTimeOffset now)
    {
        var changed = new List<AlarmStatus>();
        foreach (var status in _board!.All)
            if (!_written.TryGetValue(status.Name, out var last) || now - last.At >= Refresh || Differs(last.Status, status))
                changed.Add(status);
        return changed;
    }

    private static bool Differs(AlarmStatus a, AlarmStatus b) =>
        a.Suppression != b.Suppression || a.Instances.Count != b.Instances.Count
        || a.Instances.Zip(b.Instances).Any(p => p.First.State != p.Second.State || p.First.Since != p.Second.Since || !p.First.Labels.Equals(p.Second.Labels)
            || p.First.Acted.Count != p.Second.Acted.Count || p.First.Acted.Any(x => !p.Second.Acted.TryGetValue(x.Key, out var state) || state != x.Value));

    private static OutboxEntry Entry(Notification notification, int index, string project, DateTimeOffset now)
    {
        // The same decision made twice after a crash has another time, and so another key: it is told twice rather than never.
        string id = $"{now.ToUnixTimeMilliseconds():x}-{index:x}-{notification.Group}";
        return new OutboxEntry(id, notification.Alarm, notification.ActionId, NotificationJson.Write(notification, id, project, now), now, now, 0, null);
    }
}
