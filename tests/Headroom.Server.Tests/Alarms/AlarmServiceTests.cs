using System.Text.Json;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Testing;
using Headroom.Objectives.Evaluation;
using Headroom.Server.Alarms;
using Headroom.Server.Hosting;
using Headroom.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Headroom.Server.Tests.Alarms;

public sealed class AlarmServiceTests : IAsyncDisposable
{
    private const string Yaml = """
        project: shop
        alarms:
          - name: slow
            description: the API answers slowly
            query: lat
            when: "> 0.5"
            labels: { severity: page }
            actions: [{ webhook: "https://hooks.example/T0P-SECRET", headers: { Authorization: Bearer T0P-SECRET } }]
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-alarms-test-");
    private readonly VirtualTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddMinutes(5).AddSeconds(10));
    private readonly Channel _channel = new();
    private ControlState? _control;
    private AlarmService? _service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_of_state_is_recorded_and_told_once()
    {
        var service = Open(Yaml);
        await RoundsAsync(service, 5, 20);
        var body = JsonDocument.Parse(_channel.Sent[0].Body).RootElement;
        Assert.Equal(["ALARM", "OK"], _channel.Sent.Select(s => JsonDocument.Parse(s.Body).RootElement.GetProperty("state").GetString()));
        Assert.Equal(("shop", 1), (body.GetProperty("project").GetString(), body.GetProperty("version").GetInt32()));
        var alarm = body.GetProperty("alarms")[0];
        Assert.Equal(("slow", "page", "OK", "the API answers slowly"), (alarm.GetProperty("alarm").GetString(), alarm.GetProperty("labels").GetProperty("severity").GetString(), alarm.GetProperty("before").GetString(), alarm.GetProperty("description").GetString()));
        Assert.Equal(body.GetProperty("id").GetString(), _channel.Sent[0].Id);
        Assert.Equal(["action", "state", "action", "state", "state"], service.Store.History("slow", 100).Select(h => h.Kind));
        Assert.Equal(0, service.Store.Waiting);
    }

    [Fact]
    public async Task A_delivery_that_fails_is_tried_again_with_the_same_key()
    {
        var service = Open(Yaml);
        _channel.Failures = 3;
        await RoundsAsync(service, 5, 10);
        Assert.Equal(0, service.Store.Waiting - 1);
        for (int i = 0; i < 100 && service.Store.Waiting > 0; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await service.DispatchAsync(Cancel);
        }
        Assert.Equal(4, _channel.Sent.Count);
        Assert.Single(_channel.Sent.Select(s => s.Id).Distinct());
        Assert.Equal(("delivered", 4), (service.Store.History("slow", 1)[0].Outcome, service.Store.History("slow", 1)[0].Attempts));
    }

    [Fact]
    public async Task A_delivery_is_given_up_after_a_day_and_recorded()
    {
        var service = Open(Yaml);
        _channel.Failures = int.MaxValue;
        await RoundsAsync(service, 5, 10);
        for (int i = 0; i < 400 && service.Store.Waiting > 0; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(6));
            await service.DispatchAsync(Cancel);
        }
        Assert.Equal(("failed", "it is down"), (service.Store.History("slow", 1)[0].Outcome, service.Store.History("slow", 1)[0].Reason));
    }

    [Fact]
    public async Task After_a_restart_what_waits_is_sent_and_nothing_is_told_twice()
    {
        var service = Open(Yaml);
        _channel.Failures = 1;
        await RoundsAsync(service, 5, 8);
        Assert.Equal(1, service.Store.Waiting);
        service = await ReopenAsync(Yaml);
        await RoundsAsync(service, 9, 11);
        _time.Advance(TimeSpan.FromMinutes(1));
        await service.DispatchAsync(Cancel);
        Assert.Equal(2, _channel.Sent.Count);
        Assert.Single(_channel.Sent.Select(s => s.Id).Distinct());
        Assert.Equal("ALARM", service.Store.History("slow", 10).First(h => h.Kind == "state").To);
    }

    [Fact]
    public async Task An_action_that_is_no_longer_configured_is_recorded_as_failed()
    {
        var service = Open(Yaml);
        _channel.Failures = int.MaxValue;
        await RoundsAsync(service, 5, 10);
        service = await ReopenAsync(Yaml.Replace("hooks.example", "other.example", StringComparison.Ordinal));
        await RoundsAsync(service, 10, 10);
        _time.Advance(TimeSpan.FromMinutes(1));
        await service.DispatchAsync(Cancel);
        Assert.Contains(service.Store.History("slow", 10), h => h is { Outcome: "failed", Reason: "the action is no longer configured" });
    }

    [Fact]
    public async Task No_secret_is_written_or_shown()
    {
        var service = Open(Yaml);
        _channel.Failures = 1;
        await RoundsAsync(service, 5, 20);
        await DisposeServiceAsync();
        foreach (string file in Directory.EnumerateFiles(_directory.FullName, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".yaml", StringComparison.Ordinal)))
            Assert.DoesNotContain("T0P-SECRET", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_configuration_leaves_the_last_good_one_at_work()
    {
        var service = Open(Yaml);
        await RoundsAsync(service, 5, 5);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "headroom.yaml"), "alarms: [{name: slow}]", Cancel);
        await RoundsAsync(service, 6, 10);
        Assert.Equal("ALARM", JsonDocument.Parse(Assert.Single(_channel.Sent).Body).RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_alarm_that_is_taken_out_is_forgotten()
    {
        var service = Open(Yaml);
        await RoundsAsync(service, 5, 10);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "headroom.yaml"), "alarms: [{name: other, query: lat, when: '> 1'}]", Cancel);
        await RoundsAsync(service, 11, 11);
        Assert.Equal(["other"], service.Snapshot!.Select(s => s.Name));
        Assert.Equal(["other"], service.Store.LoadBoard().All.Select(s => s.Name));
    }

    [Fact]
    public async Task The_loop_evaluates_aligned_instants_ten_seconds_late_while_it_leads()
    {
        var leader = new Leader(_time);
        var service = Open(Yaml, leader, evaluates: true);
        service.Start();
        var asked = new List<DateTimeOffset> { await leader.NextAsync() };
        for (int i = 0; i < 3; i++)
        {
            var next = leader.NextAsync();
            while (!next.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
            asked.Add(await next);
        }
        Assert.All(asked, at => Assert.Equal(0, at.ToUnixTimeMilliseconds() % 10_000));
        Assert.Null(service.Snapshot);
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeServiceAsync();
        _directory.Delete(recursive: true);
    }

    // lat: 0.1 to minute 7, 0.9 to minute 12, then 0.1.
    private AlarmService Open(string yaml, IEvaluationLeadership? leader = null, bool evaluates = false)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "headroom.yaml"), yaml);
        var source = new MemorySeriesSource();
        SeriesNotation.Load("0.1x7 0.9x4 0.1x60", SeriesNotation.Series("lat"), 60_000, source);
        var options = new ServerOptions { DataDirectory = Path.Combine(_directory.FullName, "data"), ConfigPath = Path.Combine(_directory.FullName, "headroom.yaml"), Time = _time, EvaluatesAlarms = evaluates };
        _control = new ControlState(options);
        return _service = new AlarmService(options, new SeriesBackend(source, TimeProvider.System), _control, NullLogger.Instance, null, leader, new Dictionary<Type, IActionChannel> { [typeof(WebhookAction)] = _channel });
    }

    private async Task<AlarmService> ReopenAsync(string yaml)
    {
        await DisposeServiceAsync();
        return Open(yaml);
    }

    private async Task DisposeServiceAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_control is not null) await _control.DisposeAsync();
        (_service, _control) = (null, null);
    }

    private async Task RoundsAsync(AlarmService service, int fromMinute, int toMinute)
    {
        for (int minute = fromMinute; minute <= toMinute; minute++)
        {
            var instant = DateTimeOffset.UnixEpoch.AddMinutes(minute);
            if (_time.GetUtcNow() < instant.AddSeconds(10)) _time.Advance(instant.AddSeconds(10) - _time.GetUtcNow());
            await service.RoundAsync(instant, Cancel);
            if (_channel.Sent.Count == 0 || _channel.Failures == 0) await service.DispatchAsync(Cancel);
        }
    }

    private sealed class Channel : IActionChannel
    {
        public List<(string Id, string Body)> Sent { get; } = [];

        public int Failures { get; set; }

        public ValueTask<string?> PerformAsync(AlarmAction action, string id, string alarm, string body, CancellationToken cancel)
        {
            lock (Sent) Sent.Add((id, body));
            return ValueTask.FromResult(Failures-- > 0 ? "it is down" : (Failures = 0) == 0 ? null : "");
        }
    }

    private sealed class Leader(TimeProvider time) : IEvaluationLeadership
    {
        private readonly System.Threading.Channels.Channel<DateTimeOffset> _asked = System.Threading.Channels.Channel.CreateUnbounded<DateTimeOffset>();

        public Task<DateTimeOffset> NextAsync() => _asked.Reader.ReadAsync(Cancel).AsTask();

        public ValueTask<bool> LeadsAsync(CancellationToken cancel)
        {
            _asked.Writer.TryWrite(time.GetUtcNow());
            return ValueTask.FromResult(false);
        }
    }
}
