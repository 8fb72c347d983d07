using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Records;
using Headroom.Resilience.Retry;
using Headroom.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Alarms;

/// <summary>
/// Empties the outbox: at least once, at most four at a time, with growing pauses after failures, for at most a day. Addresses and headers come from
/// the configuration as it is when a notification is sent.
/// </summary>
internal sealed class ActionDispatcher(Func<AlarmStore> store, Func<AlarmProject?> project, TimeProvider time, ILogger log, IReadOnlyDictionary<Type, IActionChannel> channels) : IDisposable
{
    /// <summary>How long a notification is tried before it is given up.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);

    private const int AtATime = 4;
    private const int BatchSize = 100;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly Backoff Pauses = new() { FirstDelay = TimeSpan.FromSeconds(5), MaxDelay = TimeSpan.FromMinutes(5) };

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Random _random = new(Environment.ProcessId);

    /// <summary>Looks at the outbox at once.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Sends until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using (var pause = new CancellationTokenSource(Look, time))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, stop))
            {
                try
                {
                    await _wake.WaitAsync(either.Token);
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested) { }
            }
            // Before the first round there is no configuration to look actions up in.
            if (project() is not { Alarms.Count: > 0 }) continue;
            try
            {
                await DispatchAsync(stop);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                Log.DispatchFailed(log, error);
            }
        }
    }

    /// <summary>Sends what is due now.</summary>
    public async ValueTask DispatchAsync(CancellationToken cancel)
    {
        var due = store().Due(time.GetUtcNow(), BatchSize);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancel }, SendAsync);
    }

    public void Dispose()
    {
        _wake.Dispose();
        foreach (var channel in channels.Values.OfType<IDisposable>()) channel.Dispose();
    }

    private async ValueTask SendAsync(OutboxEntry entry, CancellationToken cancel)
    {
        var action = project()?.Alarms.FirstOrDefault(a => a.Name == entry.Alarm)?.Actions.FirstOrDefault(a => a.Id == entry.ActionId);
        if (action is null)
        {
            await store().FinishAsync(entry, Outcome(entry, "an action", "failed", "the action is no longer configured"), cancel);
            return;
        }
        string? failure = channels.TryGetValue(action.GetType(), out var channel) ? await channel.PerformAsync(action, entry.Id, entry.Alarm, entry.Body, cancel) : "nothing performs actions of this kind";
        var tried = entry with { Attempts = entry.Attempts + 1, LastError = failure };
        if (failure is null)
        {
            await store().FinishAsync(tried, Outcome(tried, action.Shown, "delivered", "it was delivered"), cancel);
            Log.Delivered(log, entry.Id, entry.Alarm, action.Shown);
            return;
        }
        Log.DeliveryFailed(log, entry.Id, entry.Alarm, action.Shown, tried.Attempts, failure);
        var now = time.GetUtcNow();
        if (now - entry.CreatedAt >= GiveUpAfter) await store().FinishAsync(tried, Outcome(tried, action.Shown, "failed", failure), cancel);
        else await store().RescheduleAsync(tried with { NextAt = now + Pauses.Delay(Math.Min(entry.Attempts, 20), Draw()) }, cancel);
    }

    private AlarmHistoryEntry Outcome(OutboxEntry entry, string action, string outcome, string reason) =>
        new(time.GetUtcNow(), "action", entry.Alarm, new Dictionary<string, string>(), null, null, reason, null, action, outcome, entry.Attempts, entry.Id);

    private double Draw()
    {
        lock (_random) return _random.NextDouble();
    }
}
