using System.Globalization;
using System.Runtime.InteropServices;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Metrics.Ingest.Text;

namespace Headroom.Metrics.Ingest.Scraping;

/// <summary>
/// One scraped target. A scrape is written as a whole or not at all; a series that the scrape before had and this one has not,
/// and every series of a target that does not answer, gets a stale marker. <c>up</c>, <c>scrape_duration_seconds</c> and
/// <c>scrape_samples_scraped</c> come with each scrape, as in Prometheus.
/// </summary>
internal sealed class ScrapeTarget
{
    private const string Accept = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private readonly ScrapeSettings _settings;
    private readonly HttpMessageInvoker _http;
    private readonly IMetricsBackend _backend;
    private readonly TimeProvider _time;
    private readonly ISourceObserver _observer;
    private readonly TextImporter _importer;
    private readonly Labels _up;
    private readonly Labels _duration;
    private readonly Labels _scraped;
    private readonly WriteRequest _request = new();
    private HashSet<Labels> _seen = [];
    private HashSet<Labels> _seenBefore = [];
    private bool _failing;

    public ScrapeTarget(ScrapeSettings settings, HttpMessageInvoker http, IMetricsBackend backend, TimeProvider time, ISourceObserver observer)
    {
        (_settings, _http, _backend, _time, _observer) = (settings, http, backend, time, observer);
        var labels = HttpSettings.ToLabels(settings.Labels);
        if (!settings.Labels.ContainsKey("instance")) labels.Add(new Label("instance", settings.Url.Authority));
        _importer = new TextImporter(new TextImportOptions
        {
            TargetLabels = settings.HonorLabels ? [] : labels,
            DefaultLabels = settings.HonorLabels ? labels : [],
            DefaultService = settings.Url.Host,
            // There may be thousands of targets, each with a batch of its own.
            BatchSize = 1024,
            // One more, so that it is the scrape that fails and not a series that is left out.
            MaxSeries = settings.SampleLimit + 1,
        }, time);
        (_up, _duration, _scraped) = (Own("up"), Own("scrape_duration_seconds"), Own("scrape_samples_scraped"));

        Labels Own(string metric)
        {
            var own = new List<Label>(labels) { new(Labels.MetricName, metric) };
            ServiceLabel.Ensure(own, settings.Url.Host);
            return Labels.From(CollectionsMarshal.AsSpan(own));
        }
    }

    /// <summary>What the target is called in messages; without the URL's query, which may hold a secret.</summary>
    public string Name => $"scrape {_settings.Url.GetLeftPart(UriPartial.Path)}";

    /// <summary>Scrapes once; samples without a time of their own get this one.</summary>
    public async Task ScrapeAsync(long instant, CancellationToken stop)
    {
        Clear();
        long started = _time.GetTimestamp();
        string? failure = await TryReadAsync(instant, stop).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        int samples = _request.Samples.Count;
        if (failure is not null)
        {
            Clear();
            samples = 0;
        }
        NoteSeries(instant);
        _request.Samples.Add(new FloatSample(_up, instant, failure is null ? 1 : 0));
        _request.Samples.Add(new FloatSample(_duration, instant, _time.GetElapsedTime(started).TotalSeconds));
        _request.Samples.Add(new FloatSample(_scraped, instant, samples));
        var outcome = await _backend.AppendAsync(_request, CancellationToken.None).ConfigureAwait(false);

        // Only what is written is what the next scrape's series are compared with.
        (_seen, _seenBefore) = (_seenBefore, _seen);
        _observer.Collected("scrape", outcome.Accepted);
        if (outcome.Rejected > 0) _observer.Rejected(Name, outcome.Rejected, outcome.Rejections.Count > 0 ? outcome.Rejections[0].Reason : "");
        if (failure is not null && !_failing) _observer.Failed(Name, failure);
        if (failure is null && _failing) _observer.Recovered(Name);
        _failing = failure is not null;
    }

    /// <summary>Reads the target into the request; says what went wrong, if anything did.</summary>
    private async Task<string?> TryReadAsync(long instant, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(_settings.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _settings.Url);
            request.Headers.TryAddWithoutValidation("Accept", Accept);
            request.Headers.TryAddWithoutValidation("User-Agent", "Headroom");
            request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds", _settings.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            HttpSettings.Apply(request, _settings.Headers);
            using var response = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            if ((int)response.StatusCode is >= 300 and < 400) return $"it redirects ({(int)response.StatusCode}); name the final URL";
            if (!response.IsSuccessStatusCode) return $"it answered {(int)response.StatusCode}";
            var body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            await using var limited = new LimitedStream(body, _settings.BodyLimit);
            var format = TextImportOptions.FormatOf(response.Content.Headers.ContentType?.ToString());
            var report = await _importer.ImportAsync(limited, format, instant, CollectAsync, both.Token).ConfigureAwait(false);
            // A text that may be cut short would end the series it did not come to.
            if (report.Warnings.Count > 0) return report.Warnings[0];
            if (report.Rejected > 0) _observer.Rejected(Name, report.Rejected, $"line {report.Rejections[0].Line}: {report.Rejections[0].Reason}");
            return null;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return $"it did not answer within {_settings.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
        }
        catch (HttpRequestException error)
        {
            return error.InnerException is null ? error.Message : $"{error.Message}: {error.InnerException.Message}";
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return error.Message;
        }
    }

    private ValueTask<WriteOutcome> CollectAsync(WriteRequest batch, CancellationToken cancel)
    {
        if (_request.Samples.Count + batch.Samples.Count > _settings.SampleLimit) throw new InvalidDataException($"it has more than {_settings.SampleLimit} samples");
        _request.Samples.AddRange(batch.Samples);
        _request.Exemplars.AddRange(batch.Exemplars);
        _request.Metadata.AddRange(batch.Metadata);
        return ValueTask.FromResult(new WriteOutcome(batch.Samples.Count, 0, [], 0));
    }

    /// <summary>Takes note of the series of this scrape, and ends those of the one before that are gone.</summary>
    private void NoteSeries(long instant)
    {
        _seen.Clear();
        foreach (var sample in _request.Samples)
            // A sample with a time of its own says nothing of whether the series lives now.
            if (sample.Time == instant)
                _seen.Add(sample.Labels);
        foreach (var series in _seenBefore)
            if (!_seen.Contains(series))
                _request.Samples.Add(new FloatSample(series, instant, StaleMarker.Value));
    }

    private void Clear()
    {
        _request.Samples.Clear();
        _request.Exemplars.Clear();
        _request.Metadata.Clear();
    }
}
