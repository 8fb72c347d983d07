using System.Net;
using System.Net.Sockets;
using System.Text;
using Headroom.Metrics.Ingest.Probes;
using Headroom.Metrics.Tests.Ingest.Sources;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Probes;

public sealed class HttpProbeTests
{
    private static readonly Uri Url = new("https://api.example.com/health?key=secret");

    private readonly VirtualTimeProvider _time = new();
    private readonly WrittenSamples _store = new();
    private readonly HeardEvents _heard = new();
    private readonly List<HttpRequestMessage> _sent = [];

    private sealed class Scripted(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : IProbeTransport
    {
        public ProbePhases Phases { get; } = new();

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel) => answer(request, cancel);

        public void Dispose() { }
    }

    private async Task<HttpProbe> ProbeAsync(ProbeSettings settings, params Func<HttpResponseMessage>[] answers)
    {
        int at = 0;
        var probe = new HttpProbe(settings, new Scripted(async (request, _) =>
        {
            _sent.Add(request);
            await _time.AdvanceAsync(TimeSpan.FromMilliseconds(100));
            return answers[at++ % answers.Length]();
        }), _store, _time, _heard);
        await probe.ProbeAsync(1000, CancellationToken.None);
        return probe;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body = "", string? location = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
        if (location is not null) response.Headers.Location = new Uri(location, UriKind.RelativeOrAbsolute);
        return response;
    }

    [Fact]
    public async Task A_success_is_written_with_what_it_took()
    {
        await ProbeAsync(new ProbeSettings { Url = Url, Labels = new Dictionary<string, string> { ["service"] = "api" } }, () => Answer(HttpStatusCode.OK));
        Assert.Equal([1], _store.Of("probe_success"));
        Assert.Equal([200], _store.Of("probe_http_status_code"));
        Assert.Equal(0.1, _store.Of("probe_duration_seconds").Single()!.Value, 3);
        Assert.Equal("""probe_success{instance="https://api.example.com/health",service="api"}""", _store.LabelsOf("probe_success").ToString());
        Assert.All(_store.Samples, s => Assert.Equal(1000, s.Time));
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, 0)]
    [InlineData(HttpStatusCode.NoContent, 0)]
    [InlineData(HttpStatusCode.OK, 1)]
    public async Task Only_the_expected_status_is_success(HttpStatusCode status, double success)
    {
        await ProbeAsync(new ProbeSettings { Url = Url }, () => Answer(status));
        Assert.Equal([success], _store.Of("probe_success"));
        Assert.Equal("api.example.com", _store.LabelsOf("probe_success")["service"]);
    }

    [Theory]
    [InlineData("status: ok\n", 1, 0)]
    [InlineData("status: down", 0, 1)]
    public async Task The_answer_must_match_anywhere_in_it(string body, double success, double failed)
    {
        await ProbeAsync(new ProbeSettings { Url = Url, Match = "status: (ok|fine)" }, () => Answer(HttpStatusCode.OK, body));
        Assert.Equal([success], _store.Of("probe_success"));
        Assert.Equal([failed], _store.Of("probe_failed_due_to_regex"));
    }

    [Fact]
    public async Task A_probe_that_hangs_is_given_up_after_its_timeout()
    {
        var probe = new HttpProbe(new ProbeSettings { Url = Url }, new Scripted(async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel);
            throw new InvalidOperationException("never");
        }), _store, _time, _heard);
        var running = probe.ProbeAsync(0, CancellationToken.None);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(5));
        await running;
        Assert.Equal([0], _store.Of("probe_success"));
        Assert.Equal([0], _store.Of("probe_http_status_code"));
        Assert.Equal(5, _store.Of("probe_duration_seconds").Single()!.Value, 3);
        Assert.Equal(["failed probe https://api.example.com/health: it did not answer within 5 s"], _heard.Events);
    }

    [Theory]
    [InlineData(RedirectPolicy.SameHost, "/other", 2, 1)]
    [InlineData(RedirectPolicy.SameHost, "https://API.example.com/other", 2, 1)]
    [InlineData(RedirectPolicy.SameHost, "https://evil.example.net/", 1, 0)]
    [InlineData(RedirectPolicy.SameHost, "http://api.example.com/", 1, 0)]
    [InlineData(RedirectPolicy.None, "/other", 1, 0)]
    [InlineData(RedirectPolicy.Any, "https://evil.example.net/", 2, 1)]
    [InlineData(RedirectPolicy.Any, "ftp://api.example.com/", 1, 0)]
    public async Task Redirects_are_followed_only_as_told(RedirectPolicy policy, string location, int requests, double success)
    {
        await ProbeAsync(new ProbeSettings { Url = Url, Redirects = policy, Headers = new Dictionary<string, string> { ["Authorization"] = "secret" } },
            () => Answer(HttpStatusCode.Found, "", location), () => Answer(HttpStatusCode.OK));
        Assert.Equal(requests, _sent.Count);
        Assert.Equal([success], _store.Of("probe_success"));
        Assert.All(_sent, request => Assert.Equal(request.RequestUri!.Host == "api.example.com", request.Headers.Contains("Authorization")));
    }

    [Fact]
    public async Task A_circle_of_redirects_ends_after_ten()
    {
        await ProbeAsync(new ProbeSettings { Url = Url }, () => Answer(HttpStatusCode.Found, "", "/again"));
        Assert.Equal(11, _sent.Count);
        Assert.Equal([0], _store.Of("probe_success"));
        Assert.Equal([10], _store.Of("probe_http_redirects"));
    }

    [Fact]
    public async Task A_failure_is_told_when_it_begins_and_when_it_ends()
    {
        var probe = await ProbeAsync(new ProbeSettings { Url = Url }, () => Answer(HttpStatusCode.BadGateway), () => Answer(HttpStatusCode.BadGateway), () => Answer(HttpStatusCode.OK));
        await probe.ProbeAsync(2000, CancellationToken.None);
        await probe.ProbeAsync(3000, CancellationToken.None);
        Assert.Equal(["failed probe https://api.example.com/health: it answered 502", "recovered probe https://api.example.com/health"], _heard.Events);
    }

    [Fact]
    public async Task Over_a_real_connection_every_phase_is_measured()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = ServeAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var probe = new HttpProbe(new ProbeSettings { Url = new Uri($"http://127.0.0.1:{port}/"), Method = "POST", Body = "ping", Match = "^ok$" }, new ProbeTransport(TimeProvider.System), _store, TimeProvider.System, _heard);
        await probe.ProbeAsync(1, TestContext.Current.CancellationToken);
        Assert.Empty(_heard.Events);
        Assert.Equal([1], _store.Of("probe_success"));
        Assert.EndsWith("\r\n\r\nping", await serving, StringComparison.Ordinal);
        Assert.Equal(["resolve", "connect", "processing", "transfer"], _store.Samples.Where(s => s.Labels.Name == "probe_http_duration_seconds").Select(s => s.Labels["phase"]));
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_a_failure_with_a_reason()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var probe = new HttpProbe(new ProbeSettings { Url = new Uri($"http://127.0.0.1:{port}/") }, new ProbeTransport(TimeProvider.System), _store, TimeProvider.System, _heard);
        await probe.ProbeAsync(1, TestContext.Current.CancellationToken);
        Assert.Equal([0], _store.Of("probe_success"));
        Assert.Contains("refused", Assert.Single(_heard.Events), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_no_success()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nok");
        using var probe = new HttpProbe(new ProbeSettings { Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/") }, new ProbeTransport(TimeProvider.System), _store, TimeProvider.System, _heard);
        await probe.ProbeAsync(1, TestContext.Current.CancellationToken);
        await serving;
        Assert.Equal([0], _store.Of("probe_success"));
        Assert.Equal([200], _store.Of("probe_http_status_code"));
    }

    private static async Task<string> ServeAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var request = new StringBuilder();
        byte[] buffer = new byte[4096];
        do
        {
            int read = await stream.ReadAsync(buffer);
            if (read == 0) break;
            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        while (!IsWhole(request.ToString()));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return request.ToString();
    }

    private static bool IsWhole(string request)
    {
        int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && (!request.Contains("Content-Length: 4", StringComparison.Ordinal) || request.Length >= end + 8);
    }
}
