using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Carries the cumulative histograms that the gateway's store makes of observations to the cluster: every 10 s what became
/// of the slots that ended at least 10 s ago. Of each series it knows what went last. A sample after that goes as it is; when
/// a late observation changed what went already, the new total goes once more, at the newest slot's end, because clusters
/// take no samples back. How far it came is remembered in a file: an outage of the cluster or of this process only delays.
/// </summary>
internal sealed class DistributionShipper : IAsyncDisposable
{
    private const long SlotMs = 10_000;
    private const long LateMs = 600_000;
    private const int SamplesAtOnce = 10_000;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(SlotMs);

    private readonly EmbeddedStore _store;
    private readonly Func<IReadOnlyList<HistogramSample>, CancellationToken, Task> _ship;
    private readonly TimeProvider _time;
    private readonly string? _cursorFile;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _once = new(1);
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;
    private readonly Dictionary<Labels, Shipped> _last = [];
    private readonly long? _resumed;
    private long _shipped;

    private readonly record struct Shipped(long Time, double Count);

    public DistributionShipper(EmbeddedStore store, Func<IReadOnlyList<HistogramSample>, CancellationToken, Task> ship, TimeProvider time, string? cursorFile)
    {
        (_store, _ship, _time, _cursorFile) = (store, ship, time, cursorFile);
        _resumed = ReadCursor();
        _shipped = _resumed ?? Due() - LateMs;
        _timer = new PeriodicTimer(Period, time);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public Problem? Fault { get; private set; }

    /// <summary>Ships everything that is due.</summary>
    /// <exception cref="ProblemException">The cluster does not take it now; what was taken before counts.</exception>
    public async Task ShipDueAsync(CancellationToken cancel)
    {
        await _once.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long due = Due();
            if (due < _shipped) return;
            var pending = new List<HistogramSample>();
            var sent = new List<(Labels Labels, Shipped Last)>();
            var seen = new HashSet<Labels>();
            var buffer = new SampleBuffer();
            long from = _shipped - LateMs;
            foreach (var series in _store.Select([], from, due))
            {
                buffer.Clear();
                series.Read(from, due, buffer);
                seen.Add(series.Labels);
                if (Collect(series.Labels, buffer, due, pending) is { } last) sent.Add((series.Labels, last));
                if (pending.Count >= SamplesAtOnce) await SendAsync().ConfigureAwait(false);
            }
            bool any = sent.Count > 0;
            await SendAsync().ConfigureAwait(false);
            foreach (var labels in _last.Keys.Where(l => !seen.Contains(l)).ToArray()) _last.Remove(labels);
            _shipped = due;
            if (any) WriteCursor();
            Fault = null;

            async Task SendAsync()
            {
                if (pending.Count > 0) await _ship(pending, cancel).ConfigureAwait(false);
                foreach (var (labels, last) in sent) _last[labels] = last;
                pending.Clear();
                sent.Clear();
            }
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Adds what must go of a series; the result, when not null, is what has gone last then.</summary>
    private Shipped? Collect(Labels labels, SampleBuffer samples, long due, List<HistogramSample> into)
    {
        int newest = samples.Count - 1;
        while (newest >= 0 && samples.HistogramAt(newest) is null) newest--;
        if (newest < 0) return null;
        // After a restart all that is known is how far the cursor came.
        if (!_last.TryGetValue(labels, out var last)) last = _shipped == _resumed ? AtCursor(samples) : new Shipped(long.MinValue, 0);
        var total = samples.HistogramAt(newest)!;
        if (samples.Times[newest] > last.Time)
        {
            for (int i = 0; i <= newest; i++)
                if (samples.Times[i] > last.Time && samples.HistogramAt(i) is { } histogram) into.Add(new HistogramSample(labels, samples.Times[i], histogram));
            return new Shipped(samples.Times[newest], total.Count);
        }
        if (total.Count == last.Count || due <= last.Time) return null;
        into.Add(new HistogramSample(labels, due, total));
        return new Shipped(due, total.Count);
    }

    private Shipped AtCursor(SampleBuffer samples)
    {
        for (int i = samples.Count - 1; i >= 0; i--)
            if (samples.Times[i] <= _shipped && samples.HistogramAt(i) is { } histogram) return new Shipped(samples.Times[i], histogram.Count);
        return new Shipped(long.MinValue, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _once.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await ShipDueAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (ProblemException error)
                {
                    // The samples stay in the store; the next tick tries again.
                    Fault = error.Problems[0];
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private long Due()
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds() - SlotMs;
        return now - (now % SlotMs);
    }

    private long? ReadCursor() =>
        _cursorFile is not null && File.Exists(_cursorFile) && long.TryParse(File.ReadAllText(_cursorFile), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long shipped) ? shipped : null;

    private void WriteCursor()
    {
        if (_cursorFile is null) return;
        // Torn or lost, it costs sending the last ten minutes again, which changes nothing.
        string next = _cursorFile + ".new";
        File.WriteAllText(next, _shipped.ToString(CultureInfo.InvariantCulture));
        File.Move(next, _cursorFile, overwrite: true);
    }
}
