using System.Globalization;
using System.Runtime.InteropServices;
using Headroom.Metrics.Ingest.Sources;

namespace Headroom.Metrics.Ingest.CloudWatch;

/// <summary>
/// Reads the metrics of one Region that share a period: finds under which dimensions they exist, asks for all of them in
/// batches of 500, and goes on where it stopped, so that an outage leaves no gap (within the settings' back-fill).
/// </summary>
/// <remarks>
/// CloudWatch gets values late: two periods that were read already are read again each time, and what came meanwhile is
/// added. A value that was written stays; CloudWatch may still change it when the delay is too short.
/// </remarks>
internal sealed class CloudWatchPoller
{
    /// <summary>Queries in one call; GetMetricData's bound.</summary>
    public const int BatchSize = 500;

    // 500 queries with this many periods stay below the 100,800 values that one call may give.
    private const int MostPeriods = 200;
    private const int PeriodsReadAgain = 2;
    private const long ListedForMs = 600_000;
    private const string ServiceName = "service_name";

    private readonly IReadOnlyList<CloudWatchSettings> _metrics;
    private readonly CloudWatchCalls _calls;
    private readonly IMetricsBackend _backend;
    private readonly ISourceObserver _observer;
    private readonly long _period;
    private readonly long _delay;
    private readonly long _backfill;
    private readonly WriteRequest _request = new();
    private Dictionary<string, CloudWatchSeries> _series = [];
    private long _listedAt = long.MinValue;
    private long _covered = long.MinValue;

    /// <param name="metrics">At least one; all with the same Region, period, delay and back-fill.</param>
    /// <param name="calls">How CloudWatch is called.</param>
    /// <param name="backend">Where values go.</param>
    /// <param name="observer">Hears what could not be kept.</param>
    public CloudWatchPoller(IReadOnlyList<CloudWatchSettings> metrics, CloudWatchCalls calls, IMetricsBackend backend, ISourceObserver observer)
    {
        (_metrics, _calls, _backend, _observer) = (metrics, calls, backend, observer);
        (_period, _delay, _backfill) = ((long)metrics[0].Every.TotalMilliseconds, (long)metrics[0].Delay.TotalMilliseconds, (long)metrics[0].Backfill.TotalMilliseconds);
    }

    /// <summary>What the poller is called in messages.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"cloudwatch {_metrics[0].Region} every {_period / 1000} s");

    /// <summary>Reads everything that is due at an instant. When it fails, the next call reads what this one could not.</summary>
    public async Task PollAsync(long instant, CancellationToken stop)
    {
        if (_listedAt == long.MinValue || instant - _listedAt >= ListedForMs) await ListAsync(instant, stop).ConfigureAwait(false);
        long end = (instant - _delay) / _period * _period;
        long earliest = (end - _backfill) / _period * _period;
        if (_covered < earliest) _covered = earliest;
        while (_covered < end)
        {
            // Oldest first: each part that is written need not be read again, whatever becomes of the next.
            long to = Math.Min(end, _covered + MostPeriods * _period);
            await ReadAsync(Math.Max(earliest, _covered - PeriodsReadAgain * _period), to, stop).ConfigureAwait(false);
            _covered = to;
        }
    }

    private async Task ListAsync(long instant, CancellationToken stop)
    {
        var found = new Dictionary<string, CloudWatchSeries>();
        foreach (var metric in _metrics)
        {
            var filter = new CloudWatchMetricFilter(metric.Region, metric.Namespace, metric.Metric,
                [.. metric.Dimensions.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new Label(d.Key, d.Value == "*" ? "" : d.Value))]);
            var sets = await _calls.ListAsync(filter, stop).ConfigureAwait(false);
            foreach (var dimensions in sets)
                foreach (string statistic in metric.Statistics)
                {
                    var series = new CloudWatchSeries(metric, dimensions, statistic, LabelsOf(metric, dimensions, statistic));
                    // What is known keeps its memory of what was written.
                    found[series.Key] = _series.GetValueOrDefault(series.Key, series);
                }
        }
        (_series, _listedAt) = (found, instant);
    }

    private async Task ReadAsync(long start, long end, CancellationToken stop)
    {
        foreach (var batch in _series.Values.Chunk(BatchSize))
        {
            var queries = new CloudWatchQuery[batch.Length];
            for (int i = 0; i < queries.Length; i++)
                queries[i] = new CloudWatchQuery(string.Create(CultureInfo.InvariantCulture, $"q{i}"), batch[i].Metric.Namespace, batch[i].Metric.Metric, batch[i].Dimensions, batch[i].Statistic, (int)(_period / 1000));
            _request.Samples.Clear();
            foreach (var series in batch) series.Forget();
            await foreach (var result in _calls.DataAsync(new CloudWatchDataRequest(_metrics[0].Region, queries, start, end), stop).ConfigureAwait(false))
            {
                if (!result.Id.StartsWith('q') || !int.TryParse(result.Id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number >= batch.Length) continue;
                if (result.Error is { } error) _observer.Rejected(Name, 1, $"{batch[number].Labels}: {error}");
                Add(batch[number], result, start, end);
            }
            if (_request.Samples.Count == 0) continue;
            var outcome = await _backend.AppendAsync(_request, CancellationToken.None).ConfigureAwait(false);
            foreach (var series in batch) series.Written(start);
            _observer.Collected("cloudwatch", outcome.Accepted);
            if (outcome.Rejected > 0) _observer.Rejected(Name, outcome.Rejected, outcome.Rejections.Count > 0 ? outcome.Rejections[0].Reason : "");
        }
    }

    private void Add(CloudWatchSeries series, CloudWatchResult result, long start, long end)
    {
        int count = Math.Min(result.Times.Count, result.Values.Count);
        for (int i = 0; i < count; i++)
        {
            long time = result.Times[i];
            if (time < start || time >= end || !double.IsFinite(result.Values[i]) || !series.IsNew(time)) continue;
            _request.Samples.Add(new FloatSample(series.Labels, time, result.Values[i]));
        }
    }

    private static Labels LabelsOf(CloudWatchSettings metric, IReadOnlyList<Label> dimensions, string statistic)
    {
        var labels = HttpSettings.ToLabels(metric.Labels);
        Give(Labels.MetricName, CloudWatchNames.Metric(metric.Namespace, metric.Metric, statistic));
        Give("region", metric.Region);
        foreach (var (name, value) in dimensions) Give(CloudWatchNames.Label(name), value);
        int service = labels.FindIndex(static label => label.Name == ServiceName);
        ServiceLabel.Ensure(labels, service >= 0 ? labels[service].Value : metric.Namespace);
        return Labels.From(CollectionsMarshal.AsSpan(labels));

        void Give(string name, string value)
        {
            if (!labels.Exists(label => label.Name == name)) labels.Add(new Label(name, value));
        }
    }
}

/// <summary>One statistic of a metric under one set of dimensions, and which periods of it were written of late.</summary>
internal sealed class CloudWatchSeries(CloudWatchSettings metric, IReadOnlyList<Label> dimensions, string statistic, Labels labels)
{
    private readonly HashSet<long> _pending = [];
    private readonly HashSet<long> _written = [];

    public CloudWatchSettings Metric => metric;

    public IReadOnlyList<Label> Dimensions => dimensions;

    public string Statistic => statistic;

    public Labels Labels => labels;

    /// <summary>The same for the same series however often it is listed.</summary>
    public string Key => labels.ToString();

    /// <summary>Whether a period was not written yet; it then waits for <see cref="Written"/>.</summary>
    public bool IsNew(long time) => !_written.Contains(time) && _pending.Add(time);

    /// <summary>Forgets what waited: writing it failed, or it was written.</summary>
    public void Forget() => _pending.Clear();

    /// <summary>Takes note that what waited is written; periods before <paramref name="start"/> are not asked for again.</summary>
    public void Written(long start)
    {
        _written.UnionWith(_pending);
        _pending.Clear();
        _written.RemoveWhere(time => time < start);
    }
}
