using Headroom.Durable;
using Headroom.Metrics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Notifications;
using Headroom.Objectives.Alarms.Records;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class AlarmStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task States_groups_history_and_outbox_come_back_after_a_restart()
    {
        var status = new AlarmStatus("api/slow ü", Given.Start,
            [new AlarmInstance(Labels.From(new Label("a", "b")), AlarmState.Alarm, Given.Start, "why", 0.5, Given.Start, new Dictionary<string, AlarmState> { ["x"] = AlarmState.Alarm })],
            new Suppression(true, null, Given.Start.AddMinutes(1)));
        var entry = Entry(0);
        var outbox = new OutboxEntry("1-0-g", "api/slow ü", "x", "{}", Given.Start, Given.Start, 0, null);
        await using (var documents = Open())
            await new AlarmStore(documents).WriteAsync(new AlarmWrite([status], [], [entry], [outbox], new Dictionary<string, GroupState> { ["g"] = new(Given.Start, null) }), Cancel);
        await using (var documents = Open())
        {
            var store = new AlarmStore(documents);
            var read = store.LoadBoard().Of("api/slow ü");
            Assert.Equal((status.State, status.EvaluatedAt, status.Suppression), (read.State, read.EvaluatedAt, read.Suppression));
            Assert.Equal(status.Instances[0] with { Acted = read.Instances[0].Acted }, read.Instances[0]);
            Assert.Equal(AlarmState.Alarm, read.Instances[0].Acted["x"]);
            Assert.Equal(new GroupState(Given.Start, null), store.LoadGroups()["g"]);
            Assert.Equal("why 0", Assert.Single(store.History("api/slow ü", 10)).Reason);
            Assert.Equal(outbox, Assert.Single(store.Due(Given.Start, 10)));
        }
    }

    [Fact]
    public async Task History_is_bounded_and_newest_first()
    {
        await using var documents = Open();
        var store = new AlarmStore(documents);
        for (int batch = 0; batch < 3; batch++)
            await store.WriteAsync(new AlarmWrite([], [], [.. Enumerable.Range(batch * 200, 200).Select(Entry)], [], null), Cancel);
        var history = store.History("api/slow ü", 1000);
        Assert.Equal((AlarmStore.MostHistory, "why 599", "why 100"), (history.Count, history[0].Reason, history[^1].Reason));
        Assert.Empty(store.History("another", 10));
    }

    [Fact]
    public async Task Entries_of_one_instant_keep_their_order()
    {
        await using var documents = Open();
        var store = new AlarmStore(documents);
        var same = Enumerable.Range(0, 5).Select(i => Entry(i) with { At = Given.Start }).ToList();
        await store.WriteAsync(new AlarmWrite([], [], same, [], null), Cancel);
        await store.WriteAsync(new AlarmWrite([], [], [Entry(9) with { At = Given.Start }], [], null), Cancel);
        Assert.Equal(["why 9", "why 4", "why 3", "why 2", "why 1", "why 0"], store.History("api/slow ü", 10).Select(h => h.Reason));
    }

    [Fact]
    public async Task Finishing_takes_out_of_the_outbox_and_notes_the_outcome_together()
    {
        await using var documents = Open();
        var store = new AlarmStore(documents);
        var outbox = new OutboxEntry("1-0-g", "a", "x", "{}", Given.Start, Given.Start, 0, null);
        await store.WriteAsync(new AlarmWrite([], [], [], [outbox], null), Cancel);
        await store.RescheduleAsync(outbox with { NextAt = Given.Start.AddMinutes(1), Attempts = 1, LastError = "no" }, Cancel);
        Assert.Empty(store.Due(Given.Start, 10));
        var due = Assert.Single(store.Due(Given.Start.AddMinutes(1), 10));
        await store.FinishAsync(due, new AlarmHistoryEntry(Given.Start, "action", "a", new Dictionary<string, string>(), null, null, "it was delivered", null, "webhook x", "delivered", 2, due.Id), Cancel);
        Assert.Equal(0, store.Waiting);
        Assert.Equal("delivered", Assert.Single(store.History("a", 10)).Outcome);
    }

    [Fact]
    public async Task More_changes_than_one_write_takes_are_written()
    {
        await using var documents = Open();
        var store = new AlarmStore(documents);
        await store.WriteAsync(new AlarmWrite([.. Enumerable.Range(0, 700).Select(i => new AlarmStatus($"a{i}", null, [], Suppression.None))], [], [], [], null), Cancel);
        Assert.Equal(700, store.LoadBoard().All.Count());
        await store.WriteAsync(new AlarmWrite([], [.. Enumerable.Range(0, 700).Select(i => $"a{i}")], [], [], null), Cancel);
        Assert.Empty(store.LoadBoard().All);
    }

    [Fact]
    public async Task The_largest_alarm_fits_into_a_document()
    {
        await using var documents = Open();
        var store = new AlarmStore(documents);
        var instances = Enumerable.Range(0, AlarmMeter.MostSeries).Select(i => new AlarmInstance(Labels.From(new Label("service", $"service-{i:d4}"), new Label("pod", new string('p', 60))), AlarmState.Alarm, Given.Start,
            new string('r', 400), 1.0 / 3, Given.Start, new Dictionary<string, AlarmState> { ["0123456789abcdef"] = AlarmState.Alarm }));
        await store.WriteAsync(new AlarmWrite([new AlarmStatus("a", Given.Start, [.. instances], Suppression.None)], [], [], [], null), Cancel);
        Assert.Equal(AlarmMeter.MostSeries, store.LoadBoard().Of("a").Instances.Count);
    }

    [Fact]
    public async Task Silences_are_kept_and_old_ones_go()
    {
        await using var documents = Open();
        var store = new AlarmStore(documents);
        Assert.True(AlarmMatchers.TryParse("a=\"b\"", out var matchers, out _));
        Assert.True(await store.AddAsync(new Silence("old", matchers, Given.Start, Given.Start.AddHours(1), null, null), Given.Start, Cancel));
        Assert.True(await store.AddAsync(new Silence("new", matchers, Given.Start, Given.Start.AddDays(90), "why", "who"), Given.Start.AddDays(30), Cancel));
        Assert.Equal(["new"], store.Silences().Select(s => s.Id));
        Assert.Equal(("a=\"b\"", "why", "who"), (store.Silences()[0].Matchers.Text, store.Silences()[0].Comment, store.Silences()[0].By));
        Assert.True(await store.RemoveSilenceAsync("new", Cancel));
        Assert.False(await store.RemoveSilenceAsync("new", Cancel));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DocumentStore Open() => DocumentStore.Open(_folder.PathOf("documents"), new DocumentStoreOptions { Sync = JournalSync.Never });

    private static AlarmHistoryEntry Entry(int i) => new(Given.Start.AddSeconds(i), "state", "api/slow ü", new Dictionary<string, string> { ["a"] = "b" }, "OK", "ALARM", $"why {i}", 0.5);
}
