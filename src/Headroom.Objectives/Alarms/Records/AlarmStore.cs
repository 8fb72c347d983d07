using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Headroom.Durable;
using Headroom.Metrics;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Notifications;

namespace Headroom.Objectives.Alarms.Records;

/// <summary>What is written together after an evaluation.</summary>
/// <param name="Statuses">Statuses that changed.</param>
/// <param name="Forgotten">Alarms that are no longer defined.</param>
/// <param name="History">What happened.</param>
/// <param name="Outbox">What is to be sent.</param>
/// <param name="Groups">What is remembered of groups; null when nothing changed.</param>
public sealed record AlarmWrite(
    IReadOnlyList<AlarmStatus> Statuses, IReadOnlyList<string> Forgotten, IReadOnlyList<AlarmHistoryEntry> History, IReadOnlyList<OutboxEntry> Outbox, IReadOnlyDictionary<string, GroupState>? Groups);

/// <summary>
/// The durable side of alarms: states, history, silences and the outbox, as documents under <c>alarms/</c>. What is to be sent is written
/// before the state that says it was told, so that a crash between the two sends twice rather than never.
/// </summary>
/// <param name="documents">The control state.</param>
public sealed class AlarmStore(DocumentStore documents)
{
    /// <summary>Entries kept of each alarm's history; older ones go.</summary>
    public const int MostHistory = 500;

    /// <summary>Silences kept at a time.</summary>
    public const int MostSilences = 1_000;

    private const string States = "alarms/state/";
    private const string HistoryOf = "alarms/history/";
    private const string Outbox = "alarms/outbox/";
    private const string SilencesAt = "alarms/silence/";
    private const string GroupsAt = "alarms/groups";
    private const int ChangesPerWrite = DocumentStore.MaxChanges;

    /// <summary>Reads the states back.</summary>
    public AlarmBoard LoadBoard()
    {
        var board = new AlarmBoard();
        foreach (var entry in documents.List(States))
            if (Read(entry.Key, AlarmRecordJson.Default.StatusRecord) is { } record)
                board.Restore(StatusCodec.Of(record));
        return board;
    }

    /// <summary>Reads back what is remembered of groups.</summary>
    public Dictionary<string, GroupState> LoadGroups() => Read(GroupsAt, AlarmRecordJson.Default.GroupsRecord)?.Groups.ToDictionary() ?? [];

    /// <summary>Writes what an evaluation came to.</summary>
    public async ValueTask WriteAsync(AlarmWrite write, CancellationToken cancel)
    {
        var changes = new List<DocumentChange>();
        foreach (var entry in write.Outbox) changes.Add(DocumentChange.Put(Outbox + entry.Id, Json(entry, AlarmRecordJson.Default.OutboxEntry)));
        var counts = new Dictionary<(string, long), int>();
        foreach (var entry in write.History) changes.Add(DocumentChange.Put(NextKey(entry, counts), Json(entry, AlarmRecordJson.Default.AlarmHistoryEntry)));
        foreach (var status in write.Statuses) changes.Add(DocumentChange.Put(States + Digest.Of(status.Name), Json(StatusCodec.Record(status), AlarmRecordJson.Default.StatusRecord)));
        foreach (string name in write.Forgotten) changes.Add(DocumentChange.Delete(States + Digest.Of(name)));
        if (write.Groups is not null) changes.Add(DocumentChange.Put(GroupsAt, Json(new GroupsRecord(write.Groups), AlarmRecordJson.Default.GroupsRecord)));
        foreach (var chunk in changes.Chunk(ChangesPerWrite)) await documents.WriteAsync(chunk, cancel);
        foreach (string alarm in write.History.Select(h => h.Alarm).Distinct(StringComparer.Ordinal)) await PruneAsync(alarm, cancel);
    }

    /// <summary>An alarm's history, newest first.</summary>
    public IReadOnlyList<AlarmHistoryEntry> History(string alarm, int limit)
    {
        var keys = documents.List(HistoryOf + Digest.Of(alarm) + "/");
        return [.. keys.Reverse().Take(limit).Select(k => Read(k.Key, AlarmRecordJson.Default.AlarmHistoryEntry)).OfType<AlarmHistoryEntry>()];
    }

    /// <summary>What is to be sent and is due, oldest first.</summary>
    public IReadOnlyList<OutboxEntry> Due(DateTimeOffset now, int limit) =>
        [.. documents.List(Outbox).Select(k => Read(k.Key, AlarmRecordJson.Default.OutboxEntry)).OfType<OutboxEntry>().Where(e => e.NextAt <= now).OrderBy(e => e.CreatedAt).ThenBy(e => e.Id, StringComparer.Ordinal).Take(limit)];

    /// <summary>How many notifications wait to be sent.</summary>
    public int Waiting => documents.List(Outbox).Count;

    /// <summary>Notes an attempt that failed and will be repeated.</summary>
    public async ValueTask RescheduleAsync(OutboxEntry entry, CancellationToken cancel) => await documents.PutAsync(Outbox + entry.Id, Json(entry, AlarmRecordJson.Default.OutboxEntry), cancel: cancel);

    /// <summary>Takes a notification out of the outbox and notes what came of it, in one write.</summary>
    public async ValueTask FinishAsync(OutboxEntry entry, AlarmHistoryEntry outcome, CancellationToken cancel)
    {
        await documents.WriteAsync([DocumentChange.Delete(Outbox + entry.Id), DocumentChange.Put(NextKey(outcome, []), Json(outcome, AlarmRecordJson.Default.AlarmHistoryEntry))], cancel);
        await PruneAsync(outcome.Alarm, cancel);
    }

    /// <summary>The silences that were added, ended ones included until they are pruned.</summary>
    public IReadOnlyList<Silence> Silences() =>
        [.. documents.List(SilencesAt).Select(k => Read(k.Key, AlarmRecordJson.Default.SilenceRecord)).OfType<SilenceRecord>()
            .Select(r => AlarmMatchers.TryParse(r.Match, out var matchers, out _) ? new Silence(r.Id, matchers, r.From, r.Until, r.Comment, r.By) : null).OfType<Silence>().OrderBy(s => s.Until)];

    /// <summary>Adds a silence; those that ended long ago go.</summary>
    /// <returns>Whether there was room.</returns>
    public async ValueTask<bool> AddAsync(Silence silence, DateTimeOffset now, CancellationToken cancel)
    {
        var kept = Silences();
        foreach (var old in kept.Where(s => s.Until < now - TimeSpan.FromDays(5))) await documents.DeleteAsync(SilencesAt + old.Id, cancel: cancel);
        if (kept.Count(s => s.Until >= now) >= MostSilences) return false;
        var record = new SilenceRecord(silence.Id, silence.Matchers.Text, silence.From, silence.Until, silence.Comment, silence.By);
        await documents.PutAsync(SilencesAt + silence.Id, Json(record, AlarmRecordJson.Default.SilenceRecord), cancel: cancel);
        return true;
    }

    /// <summary>Removes a silence.</summary>
    /// <returns>Whether it was there.</returns>
    public async ValueTask<bool> RemoveSilenceAsync(string id, CancellationToken cancel)
    {
        if (documents.Get(SilencesAt + id) is null) return false;
        await documents.DeleteAsync(SilencesAt + id, cancel: cancel);
        return true;
    }

    // Ordinal order of keys is order in time; entries of one instant follow each other as they came.
    private string NextKey(AlarmHistoryEntry entry, Dictionary<(string, long), int> counts)
    {
        long time = entry.At.ToUnixTimeMilliseconds();
        string prefix = HistoryOf + Digest.Of(entry.Alarm) + "/" + time.ToString("x16", CultureInfo.InvariantCulture) + "-";
        if (!counts.TryGetValue((entry.Alarm, time), out int number)) number = documents.List(prefix).Count;
        counts[(entry.Alarm, time)] = number + 1;
        return prefix + number.ToString("x4", CultureInfo.InvariantCulture);
    }

    private async ValueTask PruneAsync(string alarm, CancellationToken cancel)
    {
        var keys = documents.List(HistoryOf + Digest.Of(alarm) + "/");
        foreach (var chunk in keys.Take(Math.Max(0, keys.Count - MostHistory)).Chunk(ChangesPerWrite)) await documents.WriteAsync([.. chunk.Select(k => DocumentChange.Delete(k.Key))], cancel);
    }

    private T? Read<T>(string key, JsonTypeInfo<T> type) where T : class => documents.Get(key) is { } document ? JsonSerializer.Deserialize(document.Content.Span, type) : null;

    private static byte[] Json<T>(T record, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(record, type);
}

/// <summary>Statuses to documents and back.</summary>
internal static class StatusCodec
{
    // With 500 series a document must stay below 256 KiB.
    private const int MostReason = 160;

    public static StatusRecord Record(AlarmStatus status) => new(
        status.Name, status.EvaluatedAt, status.Suppression.SuppressorInAlarm, status.Suppression.WaitUntil, status.Suppression.ExtensionUntil,
        [.. status.Instances.Select(i => new InstanceRecord(
            LabelsOf(i.Labels), AlarmStates.WordOf(i.State), i.Since, i.Reason.Length <= MostReason || status.Instances.Count < 50 ? i.Reason : i.Reason[..MostReason] + "…", i.Value, i.LastData,
            i.Acted.ToDictionary(a => a.Key, a => AlarmStates.WordOf(a.Value))))]);

    public static AlarmStatus Of(StatusRecord record) => new(
        record.Name, record.EvaluatedAt,
        [.. record.Instances.Select(i => new AlarmInstance(
            Labels.From([.. i.Labels.Select(l => new Label(l.Key, l.Value))]), AlarmStates.Of(i.State) ?? AlarmState.InsufficientData, i.Since, i.Reason, i.Value, i.LastData,
            i.Acted.ToDictionary(a => a.Key, a => AlarmStates.Of(a.Value) ?? AlarmState.InsufficientData)))],
        new Suppression(record.SuppressorInAlarm, record.WaitUntil, record.ExtensionUntil));

    public static Dictionary<string, string> LabelsOf(Labels labels) => labels.ToDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal);
}
