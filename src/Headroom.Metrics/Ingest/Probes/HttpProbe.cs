using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Ingest.Probes;

/// <summary>
/// Calls one URL and writes what came of it, under the names of Prometheus's blackbox exporter: <c>probe_success</c>,
/// <c>probe_duration_seconds</c>, <c>probe_http_status_code</c>, <c>probe_http_duration_seconds{phase=…}</c>, <c>probe_http_redirects</c>,
/// <c>probe_failed_due_to_regex</c> with a match, and <c>probe_ssl_earliest_cert_expiry</c> over TLS.
/// </summary>
internal sealed class HttpProbe : IDisposable
{
    private const int MostRedirects = 10;
    private const int MatchedBytes = 1 << 20;

    private readonly ProbeSettings _settings;
    private readonly IProbeTransport _transport;
    private readonly IMetricsBackend _backend;
    private readonly TimeProvider _time;
    private readonly ISourceObserver _observer;
    private readonly List<Label> _labels;
    private readonly Regex? _match;
    private readonly WriteRequest _request = new();
    private bool _failing;

    public HttpProbe(ProbeSettings settings, IProbeTransport transport, IMetricsBackend backend, TimeProvider time, ISourceObserver observer)
    {
        (_settings, _transport, _backend, _time, _observer) = (settings, transport, backend, time, observer);
        _match = settings.Match is { } pattern ? new Regex(Re2.Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        _labels = HttpSettings.ToLabels(settings.Labels);
        if (!settings.Labels.ContainsKey("instance")) _labels.Add(new Label("instance", settings.Url.GetLeftPart(UriPartial.Path)));
        ServiceLabel.Ensure(_labels, settings.Url.Host);
    }

    /// <summary>What the probe is called in messages; without the URL's query, which may hold a secret.</summary>
    public string Name => $"probe {_settings.Url.GetLeftPart(UriPartial.Path)}";

    /// <summary>Calls once and writes the result at this instant.</summary>
    public async Task ProbeAsync(long instant, CancellationToken stop)
    {
        long started = _time.GetTimestamp();
        var result = await CallAsync(stop).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        double seconds = _time.GetElapsedTime(started).TotalSeconds;

        _request.Samples.Clear();
        Add("probe_success", result.Failure is null ? 1 : 0);
        Add("probe_duration_seconds", seconds);
        Add("probe_http_status_code", result.Status);
        Add("probe_http_redirects", result.Redirects);
        if (_match is not null) Add("probe_failed_due_to_regex", result.Matched == false ? 1 : 0);
        AddPhase("resolve", _transport.Phases.Resolve);
        AddPhase("connect", _transport.Phases.Connect);
        AddPhase("tls", _transport.Phases.Tls);
        AddPhase("processing", _transport.Phases.Processing);
        AddPhase("transfer", _transport.Phases.Transfer);
        if (_transport.Phases.CertificateExpiry is { } expiry) Add("probe_ssl_earliest_cert_expiry", expiry.ToUnixTimeSeconds());
        var outcome = await _backend.AppendAsync(_request, CancellationToken.None).ConfigureAwait(false);

        _observer.Collected("probe", outcome.Accepted);
        if (outcome.Rejected > 0) _observer.Rejected(Name, outcome.Rejected, outcome.Rejections.Count > 0 ? outcome.Rejections[0].Reason : "");
        if (result.Failure is { } failure && !_failing) _observer.Failed(Name, failure);
        if (result.Failure is null && _failing) _observer.Recovered(Name);
        _failing = result.Failure is not null;

        void Add(string metric, double value, string? phase = null)
        {
            var labels = new List<Label>(_labels) { new(Labels.MetricName, metric) };
            if (phase is not null) labels.Add(new Label("phase", phase));
            _request.Samples.Add(new FloatSample(Labels.From(CollectionsMarshal.AsSpan(labels)), instant, value));
        }

        void AddPhase(string phase, TimeSpan? took)
        {
            if (took is { } time) Add("probe_http_duration_seconds", time.TotalSeconds, phase);
        }
    }

    public void Dispose() => _transport.Dispose();

    private readonly record struct Result(int Status, int Redirects, bool? Matched, string? Failure);

    private async Task<Result> CallAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(_settings.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        int status = 0, redirects = 0;
        try
        {
            var (url, method, isSameHost) = (_settings.Url, _settings.Method, true);
            while (true)
            {
                _transport.Phases.Clear();
                using var request = Request(url, method, isSameHost);
                using var response = await _transport.SendAsync(request, both.Token).ConfigureAwait(false);
                status = (int)response.StatusCode;
                if (redirects < MostRedirects && Next(response, url) is { } next)
                {
                    redirects++;
                    isSameHost &= IsSameHost(next) && !(url.Scheme == "https" && next.Scheme == "http");
                    // As browsers do: what is found elsewhere is fetched; 307 and 308 ask for the same call.
                    if (status is 301 or 302 or 303 && method is not ("GET" or "HEAD")) method = "GET";
                    url = next;
                    continue;
                }
                long headers = _time.GetTimestamp();
                bool? matched = await ReadAsync(response, both.Token).ConfigureAwait(false);
                _transport.Phases.Transfer = _time.GetElapsedTime(headers);
                if (!_settings.Expect.Any(range => range.Contains(status))) return new Result(status, redirects, matched, Unexpected(response, status, url));
                return new Result(status, redirects, matched, matched == false ? "its answer does not match the expression" : null);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new Result(status, redirects, null, $"it did not answer within {_settings.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException)
        {
            return new Result(status, redirects, null, error.InnerException is null ? error.Message : $"{error.Message}: {error.InnerException.Message}");
        }
    }

    private HttpRequestMessage Request(Uri url, string method, bool isSameHost)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (_settings.Body is { } body && isSameHost && method is not "GET") request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Headers.TryAddWithoutValidation("User-Agent", "Headroom");
        if (isSameHost) HttpSettings.Apply(request, _settings.Headers);
        return request;
    }

    private Uri? Next(HttpResponseMessage response, Uri from)
    {
        if (_settings.Redirects == RedirectPolicy.None || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return null;
        var next = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (next.Scheme is not ("http" or "https")) return null;
        if (_settings.Redirects == RedirectPolicy.Any) return next;
        return IsSameHost(next) && !(from.Scheme == "https" && next.Scheme == "http") ? next : null;
    }

    private bool IsSameHost(Uri url) => url.Host.Equals(_settings.Url.Host, StringComparison.OrdinalIgnoreCase);

    private async Task<bool?> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        byte[] buffer = new byte[_match is null ? 16 * 1024 : MatchedBytes];
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        bool? matched = _match?.IsMatch(Encoding.UTF8.GetString(buffer, 0, length));
        // The rest is read too, for a body that breaks off is no success; the time limit bounds it.
        while (length > 0 && await body.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0) { }
        return matched;
    }

    private static string Unexpected(HttpResponseMessage response, int status, Uri url) =>
        response.Headers.Location is { } location && status is >= 300 and < 400
            ? $"it answered {status}, a redirect to {(location.IsAbsoluteUri ? location : new Uri(url, location)).GetLeftPart(UriPartial.Authority)} that is not followed"
            : $"it answered {status}";
}
