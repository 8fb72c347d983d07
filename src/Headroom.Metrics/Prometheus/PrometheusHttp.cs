using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;
using Headroom.Resilience.Failures;
using Headroom.Resilience.Retry;
using Polly;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Requests to a cluster: authenticated, tried again where that may help, their errors as exceptions. Redirects are not
/// followed, so that credentials go nowhere but where the configuration says.
/// </summary>
internal sealed class PrometheusHttp : IDisposable
{
    private const long LargestAnswer = 256L << 20;
    private const int ErrorShown = 300;

    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly Uri _writeUrl;

    /// <param name="settings">Where the cluster is and how it is spoken to.</param>
    /// <param name="signer">Signs for AWS; needed when the settings ask for it.</param>
    /// <param name="inner">Sends requests; the framework's handler when null.</param>
    /// <param name="time">The clock of retries.</param>
    /// <param name="random">Jitter of retries.</param>
    public PrometheusHttp(PrometheusSettings settings, IRequestSigner? signer, HttpMessageHandler? inner, TimeProvider time, Random random)
    {
        _url = settings.Url;
        _writeUrl = settings.WriteUrl ?? At(settings.Auth?.SigV4 is null ? "/api/v1/write" : "/api/v1/remote_write");
        inner ??= new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), AutomaticDecompression = DecompressionMethods.All };
        if (settings.Auth?.SigV4 is { } sigV4)
            inner = (signer ?? throw new ArgumentNullException(nameof(signer), "the settings ask for Signature Version 4")).Sign(sigV4, inner);
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddBudgetedRetry(new BudgetedRetryOptions<HttpResponseMessage>
            {
                Name = "prometheus",
                Tries = 4,
                Backoff = new Backoff { FirstDelay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(5) },
                MaxRetryAfter = TimeSpan.FromSeconds(10),
                Randomizer = () => { lock (random) return random.NextDouble(); },
                Classify = outcome => Classify(outcome, time),
            })
            .Build();
        // Queries change nothing, and a sample written twice is one sample: every request may be repeated.
        _client = new HttpClient(new ResilienceHttpHandler(pipeline, inner) { RepeatUnsafeMethods = true, MaxKeptContent = 64L << 20 })
        {
            Timeout = TimeSpan.FromMinutes(3),
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("headroom", null));
        _client.DefaultRequestHeaders.Authorization = settings.Auth switch
        {
            { Basic: { } basic } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.Name}:{basic.Password}"))),
            { Bearer: { } token } => new AuthenticationHeaderValue("Bearer", token),
            _ => null,
        };
    }

    /// <summary>Asks the query API by a form; the answer is the whole JSON document.</summary>
    /// <exception cref="PromqlException">The cluster refuses the expression.</exception>
    /// <exception cref="ProblemException">It cannot be reached or refuses the request.</exception>
    public async Task<JsonDocument> AskAsync(string path, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(path)) { Content = new FormUrlEncodedContent(parameters) };
        return await AnswerAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>Asks a route that takes GET only.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<JsonDocument> GetAsync(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(path));
        return await AnswerAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a remote-write request. Only failures that the sender cannot do anything about are exceptions.</summary>
    /// <exception cref="ProblemException">The cluster cannot be reached, is overloaded, or takes no writes from us.</exception>
    public async Task<WriteAnswer> WriteAsync(byte[] body, int length, RemoteWriteProtocol protocol, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _writeUrl) { Content = new ByteArrayContent(body, 0, length) };
        request.Content.Headers.ContentEncoding.Add("snappy");
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(
            protocol == RemoteWriteProtocol.Version2 ? "application/x-protobuf;proto=io.prometheus.write.v2.Request" : "application/x-protobuf");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", protocol == RemoteWriteProtocol.Version2 ? "2.0.0" : "0.1.0");
        using var response = await SendAsync(request, cancel).ConfigureAwait(false);
        int status = (int)response.StatusCode;
        bool counted = response.Headers.TryGetValues("X-Prometheus-Remote-Write-Samples-Written", out _);
        if (response.IsSuccessStatusCode) return new WriteAnswer(status, "", counted);
        string said = Shortened(await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false));
        return status switch
        {
            400 or 409 or 413 or 415 or 422 => new WriteAnswer(status, said, counted),
            404 or 405 => throw Refused("cluster-takes-no-writes", $"The cluster has no remote write at {_writeUrl}: it answers {status}.",
                "Start Prometheus with --web.enable-remote-write-receiver, or set metrics: { prometheus: { write_url: … } }."),
            _ => throw Failed(_writeUrl, status, said),
        };
    }

    public void Dispose() => _client.Dispose();

    private Uri At(string path) => new(_url.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);

    // An evaluation that failed or took too long does so again, and asking again makes an overload worse.
    private static FailureVerdict Classify(Outcome<HttpResponseMessage> outcome, TimeProvider time)
    {
        if (outcome.Result is not { } response) return outcome.Exception is { } exception ? FailureClassifier.Of(exception) : FailureVerdict.None;
        bool query = response.RequestMessage?.RequestUri?.AbsolutePath.Contains("/api/v1/query", StringComparison.Ordinal) == true;
        return query && response.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable
            ? FailureVerdict.Permanent
            : FailureClassifier.Of(response, time);
    }

    private async Task<JsonDocument> AnswerAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var response = await SendAsync(request, cancel).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        JsonDocument? answer = null;
        try
        {
            answer = JsonDocument.Parse(body);
            var root = answer.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("status", out var status))
            {
                if (status.GetString() == "success") return answer;
                string message = root.TryGetProperty("error", out var error) ? error.GetString() ?? "" : "";
                switch (root.TryGetProperty("errorType", out var type) ? type.GetString() : null)
                {
                    case "bad_data" or "400": throw new PromqlException(message, -1, PromqlErrorKind.BadData);
                    case "execution" or "422": throw new PromqlException(message, -1, PromqlErrorKind.Execution);
                    case "timeout" or "canceled": throw new PromqlException(message, -1, PromqlErrorKind.Timeout);
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON: a proxy, or a path that is not there.
        }
        answer?.Dispose();
        throw Failed(request.RequestUri!, (int)response.StatusCode, Shortened(Encoding.UTF8.GetString(body)));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            return await _client.SendAsync(request, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException || (error is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ProblemException(new Problem("cluster-unreachable", $"The cluster does not answer: {error.Message}", request.RequestUri!.GetLeftPart(UriPartial.Path),
                "Check metrics: { prometheus: { url: … } } and that the cluster runs.")
            { Kind = ProblemKind.Unavailable }, error);
        }
    }

    private static ProblemException Failed(Uri url, int status, string said) => status switch
    {
        401 or 403 => Refused("cluster-denies", $"The cluster does not let us in ({status} from {url.GetLeftPart(UriPartial.Path)}): {said}", "Check metrics: { prometheus: { auth: … } } and what those credentials may do."),
        404 => new(new Problem("cluster-lacks", $"The cluster has no {url.AbsolutePath}.", url.GetLeftPart(UriPartial.Path), "Check metrics: { prometheus: { url: … } }.") { Kind = ProblemKind.NotFound }),
        _ => new(new Problem("cluster-failed", $"The cluster answers {status}: {said}", url.GetLeftPart(UriPartial.Path), "Try again later; its own log says more.") { Kind = ProblemKind.Unavailable }),
    };

    private static ProblemException Refused(string code, string what, string fix) => new(new Problem(code, what, "metrics.prometheus", fix) { Kind = ProblemKind.Failed });

    private static string Shortened(string text) => (text.Length <= ErrorShown ? text : text[..ErrorShown] + "…").ReplaceLineEndings(" ").Trim();
}

/// <summary>What a cluster said to a remote-write request.</summary>
/// <param name="Status">The HTTP status: 2xx, or one that blames the request.</param>
/// <param name="Said">Its words; empty on success.</param>
/// <param name="Counted">Whether it says how much it wrote, as 2.0 demands of one that understood it.</param>
internal readonly record struct WriteAnswer(int Status, string Said, bool Counted)
{
    public bool Accepted => Status is >= 200 and < 300;
}
