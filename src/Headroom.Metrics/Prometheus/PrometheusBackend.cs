using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// A Prometheus-compatible cluster behind the port that everything asks through: the Prometheus HTTP API to read, remote
/// write to write. Every series gets the label <c>headroom_instance</c>. Floats and finished histograms are with the
/// cluster when an append completes; observations are in this gateway's own store then, which survives the death of the
/// process, and go to the cluster as cumulative histograms, one per 10 s slot.
/// </summary>
public sealed class PrometheusBackend : IMetricsBackend, IAsyncDisposable
{
    private const int RejectionsListed = 100;

    private readonly PrometheusHttp _http;
    private readonly RemoteWriter _writer;
    private readonly PrometheusSettings _settings;
    private readonly string _instance;
    private readonly EmbeddedStore _observations;
    private readonly DistributionShipper? _shipper;

    private PrometheusBackend(PrometheusHttp http, RemoteWriter writer, PrometheusSettings settings, string instance, EmbeddedStore observations, ClusterCapabilities capabilities, TimeProvider time, string? cursor)
    {
        (_http, _writer, _settings, _instance, _observations, Capabilities) = (http, writer, settings, instance, observations, capabilities);
        if (KeepsDistributions)
            _shipper = new DistributionShipper(observations, ShipAsync, time, cursor);
    }

    /// <summary>What the cluster can do, as found when connecting.</summary>
    public ClusterCapabilities Capabilities { get; }

    /// <summary>Why distributions do not reach the cluster at present; null while they do.</summary>
    public Problem? Fault => _shipper?.Fault;

    private bool Classic => _settings.Distributions == DistributionForm.Classic;

    private bool KeepsDistributions => Classic || Capabilities.NativeHistograms;

    /// <summary>Connects to a cluster and finds out what it can do.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="observations">The gateway's own store, which collects observations; stays its owner's to dispose, after this.</param>
    /// <param name="signer">Signs for AWS; needed when the settings ask for it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Jitter of retries.</param>
    /// <param name="cursor">The file that remembers how far distributions have been shipped; null to start at the last ten minutes.</param>
    /// <param name="inner">Sends requests; the framework's handler when null.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ProblemException">It cannot be reached, does not let us in, or takes no writes.</exception>
    public static async Task<PrometheusBackend> ConnectAsync(
        PrometheusSettings settings, EmbeddedStore observations, IRequestSigner? signer, TimeProvider time, Random random, string? cursor = null, HttpMessageHandler? inner = null, CancellationToken cancel = default)
    {
        string instance = settings.Instance ?? Environment.MachineName;
        var http = new PrometheusHttp(settings, signer, inner, time, random);
        var writer = new RemoteWriter(http, settings.Protocol);
        try
        {
            var capabilities = await ClusterCapabilities.ProbeAsync(http, writer, settings, instance, time.GetUtcNow().ToUnixTimeMilliseconds(), cancel).ConfigureAwait(false);
            return new PrometheusBackend(http, writer, settings, instance, observations, capabilities, time, cursor);
        }
        catch
        {
            writer.Dispose();
            http.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ProblemException">The cluster cannot be reached or takes no writes; the request may be sent again.</exception>
    public async ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel)
    {
        var rejections = new List<WriteRejection>();
        int rejected = 0, repeated = 0;
        var samples = new List<OutgoingSample>(request.Samples.Count + request.Histograms.Count);
        var named = new Dictionary<Labels, Labels>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < request.Samples.Count; i++)
            samples.Add(new OutgoingSample(Named(request.Samples[i].Labels), request.Samples[i].Time, request.Samples[i].Value, null, SampleKind.Float, i));
        for (int i = 0; i < request.Histograms.Count; i++)
        {
            var (labels, time, histogram) = request.Histograms[i];
            if (Classic) samples.AddRange(ClassicBuckets.Of(Named(labels), time, histogram, SampleKind.Histogram, i));
            else if (Capabilities.NativeHistograms) samples.Add(new OutgoingSample(Named(labels), time, 0, histogram, SampleKind.Histogram, i));
            else Reject(SampleKind.Histogram, i);
        }
        // Observations first: they are refused without the cluster's help.
        if (request.Observations.Count > 0)
        {
            if (KeepsDistributions)
            {
                var kept = new WriteRequest();
                kept.Observations.AddRange(request.Observations);
                var outcome = await _observations.AppendAsync(kept, cancel).ConfigureAwait(false);
                (rejected, repeated) = (rejected + outcome.Rejected, outcome.Repeated);
                rejections.AddRange(outcome.Rejections.Take(RejectionsListed - rejections.Count));
            }
            else
            {
                for (int i = 0; i < request.Observations.Count; i++) Reject(SampleKind.Observation, i);
            }
        }
        if (samples.Count > 0 || request.Metadata.Count > 0)
        {
            var refused = new HashSet<(SampleKind, int)>();
            await _writer.WriteAsync([.. samples], [.. request.Exemplars.Select(e => e with { Series = Named(e.Series) })], request.Metadata, (sample, said) =>
            {
                // A classic histogram is several series of one sample.
                if (!refused.Add((sample.Kind, sample.Index))) return;
                rejected++;
                if (rejections.Count < RejectionsListed) rejections.Add(new WriteRejection(sample.Kind, sample.Index, "cluster-refused", $"The cluster refuses it: {said}"));
            }, cancel).ConfigureAwait(false);
        }
        return new WriteOutcome(request.Count - rejected, repeated, rejections, rejected);

        Labels Named(Labels labels)
        {
            if (!named.TryGetValue(labels, out var with)) named.Add(labels, with = labels.With(PrometheusSettings.InstanceLabel, _instance));
            return with;
        }

        void Reject(SampleKind kind, int index)
        {
            rejected++;
            if (rejections.Count < RejectionsListed)
                rejections.Add(new WriteRejection(kind, index, "no-native-histograms",
                    "The cluster has no native histograms; set metrics: { prometheus: { distributions: classic } } to write classic ones."));
        }
    }

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => QueryAsync(expression, time, QueryOptions.Default, cancel);

    /// <inheritdoc/>
    public async ValueTask<QueryResult> QueryAsync(string expression, long time, QueryOptions options, CancellationToken cancel)
    {
        using var answer = await _http.AskAsync("/api/v1/query", [new("query", expression), new("time", Seconds(time)), .. Of(options)], cancel).ConfigureAwait(false);
        return PrometheusAnswer.Read(answer, PrometheusAnswer.Result);
    }

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) =>
        QueryRangeAsync(expression, start, end, step, QueryOptions.Default, cancel);

    /// <inheritdoc/>
    public async ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, QueryOptions options, CancellationToken cancel)
    {
        using var answer = await _http.AskAsync("/api/v1/query_range",
            [new("query", expression), new("start", Seconds(start)), new("end", Seconds(end)), new("step", Seconds(step)), .. Of(options)], cancel).ConfigureAwait(false);
        return PrometheusAnswer.Read(answer, PrometheusAnswer.Result);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel)
    {
        using var answer = await _http.AskAsync("/api/v1/series", Bounds(selectors.Count == 0 ? [[new LabelMatcher(MatchKind.NotEqual, Labels.MetricName, "")]] : selectors, start, end), cancel).ConfigureAwait(false);
        return [.. PrometheusAnswer.Read(answer, PrometheusAnswer.SeriesList).Take(limit)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel)
    {
        using var answer = await _http.AskAsync("/api/v1/labels", Bounds(selectors, start, end), cancel).ConfigureAwait(false);
        return PrometheusAnswer.Read(answer, PrometheusAnswer.TextList);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel)
    {
        string query = string.Join('&', Bounds(selectors, start, end).Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
        using var answer = await _http.GetAsync($"/api/v1/label/{Uri.EscapeDataString(SelectorText.Escaped(name))}/values?{query}", cancel).ConfigureAwait(false);
        return PrometheusAnswer.Read(answer, PrometheusAnswer.TextList);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel)
    {
        if (!Capabilities.Metadata) return [];
        string query = (metric is null ? "" : $"metric={Uri.EscapeDataString(metric)}&") + string.Create(CultureInfo.InvariantCulture, $"limit={limit}");
        using var answer = await _http.GetAsync("/api/v1/metadata?" + query, cancel).ConfigureAwait(false);
        return PrometheusAnswer.Read(answer, PrometheusAnswer.Metadata);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel)
    {
        if (!Capabilities.Exemplars) return [];
        using var answer = await _http.AskAsync("/api/v1/query_exemplars", [new("query", expression), new("start", Seconds(start)), new("end", Seconds(end))], cancel).ConfigureAwait(false);
        return PrometheusAnswer.Read(answer, PrometheusAnswer.Exemplars);
    }

    /// <summary>Ships what is due now; for tests and for an orderly stop.</summary>
    internal Task ShipDueAsync(CancellationToken cancel) => _shipper?.ShipDueAsync(cancel) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_shipper is not null) await _shipper.DisposeAsync().ConfigureAwait(false);
        _writer.Dispose();
        _http.Dispose();
    }

    /// <summary>Unix milliseconds, or a length of time, as the API takes them: seconds with a fraction.</summary>
    internal static string Seconds(long milliseconds) => (Math.Clamp(milliseconds, EarliestMilliseconds, LatestMilliseconds) / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    // Years 1 to 9999: what every implementation can read.
    private const long EarliestMilliseconds = -62_135_596_800_000;
    private const long LatestMilliseconds = 253_402_300_799_000;

    private static IEnumerable<KeyValuePair<string, string>> Of(QueryOptions options) =>
        options.LookbackMilliseconds is { } lookback ? [new("lookback_delta", Seconds(lookback))] : [];

    private static IEnumerable<KeyValuePair<string, string>> Bounds(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end) =>
        [.. selectors.Select(s => KeyValuePair.Create("match[]", SelectorText.Of(s))), new("start", Seconds(start)), new("end", Seconds(end))];

    private async Task ShipAsync(IReadOnlyList<HistogramSample> due, CancellationToken cancel)
    {
        var samples = new List<OutgoingSample>(due.Count);
        foreach (var (labels, time, histogram) in due)
        {
            var named = labels.With(PrometheusSettings.InstanceLabel, _instance);
            if (Classic) samples.AddRange(ClassicBuckets.Of(named, time, histogram, SampleKind.Observation, 0));
            else samples.Add(new OutgoingSample(named, time, 0, histogram, SampleKind.Observation, 0));
        }
        // What the cluster refuses here it has already, from before a restart.
        await _writer.WriteAsync([.. samples], [], [], static (_, _) => { }, cancel).ConfigureAwait(false);
    }
}
