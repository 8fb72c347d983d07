using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Headroom.Metrics.Ingest.Probes;

/// <summary>The transport over the network. One probe's requests come one after the other, so what is noted is theirs.</summary>
internal sealed class ProbeTransport : IProbeTransport
{
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private long _started;
    private long _ready;

    public ProbeTransport(TimeProvider time)
    {
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A probe that reuses a connection does not see that new ones fail.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = ConnectAsync,
            PlaintextStreamFilter = (context, _) =>
            {
                if (context.PlaintextStream is SslStream) Phases.Tls = _time.GetElapsedTime(_ready);
                _ready = _time.GetTimestamp();
                return ValueTask.FromResult(context.PlaintextStream);
            },
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Validate },
        });
    }

    public ProbePhases Phases { get; } = new();

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        _started = _ready = _time.GetTimestamp();
        var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
        Phases.Processing = _time.GetElapsedTime(_ready);
        return response;
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint;
        var addresses = await Dns.GetHostAddressesAsync(host.Host, cancel).ConfigureAwait(false);
        Phases.Resolve = _time.GetElapsedTime(_started);
        long resolved = _time.GetTimestamp();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancel).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        Phases.Connect = _time.GetElapsedTime(resolved);
        _ready = _time.GetTimestamp();
        return new NetworkStream(socket, ownsSocket: true);
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            var expiry = new DateTimeOffset(element.Certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
            if (Phases.CertificateExpiry is not { } earlier || expiry < earlier) Phases.CertificateExpiry = expiry;
        }
        return errors == SslPolicyErrors.None;
    }
}
