using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Headroom.Load.Measurement;

namespace Headroom.Load.Transports.Managed;

/// <summary>
/// The platform's own HTTP client: HTTP/2 everywhere, and HTTP/1.1 where there is no epoll. It costs about three times the CPU of
/// the epoll transport, and its connections are shared by a worker's users.
/// </summary>
internal sealed class ManagedTransport : ITransport
{
    private readonly LoadClock _clock;
    private readonly TransportOptions _options;
    private readonly Mailbox _mailbox;
    private readonly HttpMessageInvoker _http;
    private readonly Version _version;
    private readonly string[] _bases;
    private long _opened;

    public ManagedTransport(LoadClock clock, TransportOptions options, bool http2)
    {
        (_clock, _options, _mailbox) = (clock, options, new Mailbox(clock));
        _version = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        _bases = [.. options.Targets.Select(t => t.Origin.ToString())];
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = Http1.ResponseReader.MaximumHead >> 10,
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = options.AcceptCertificate,
            },
        };
        _http = new HttpMessageInvoker(handler);
    }

    public string Name => $"SocketsHttpHandler, HTTP/{(_version.Major == 2 ? "2" : "1.1")}{(_options.Targets.Any(t => t.Origin.IsTls) ? " with TLS" : "")}";

    public long ConnectionsOpened => Interlocked.Read(ref _opened);

    public void Send(Exchange exchange, long now)
    {
        exchange.Begin(now);
        var cancel = new CancellationTokenSource();
        exchange.Carrier = cancel;
        var message = MessageOf(exchange);
        _ = SendAsync(exchange, message, cancel);
    }

    public void Poll(long until)
    {
        if (!Deliver())
        {
            _mailbox.Wait(until);
            Deliver();
        }
    }

    public void Cancel(Exchange exchange)
    {
        if (exchange.Carrier is CancellationTokenSource cancel) cancel.Cancel();
        // The answer may still be written into it: it is not used again.
        (exchange.Carrier, exchange.IsUnderWay) = (null, false);
    }

    public void Release(ConnectionSet connections)
    {
        // Connections are the handler's, not the users'.
    }

    public void Dispose()
    {
        _http.Dispose();
        _mailbox.Dispose();
    }

    private bool Deliver()
    {
        bool any = false;
        while (_mailbox.TryTake(out var exchange))
        {
            any = true;
            if (!exchange.IsUnderWay) continue;
            ((CancellationTokenSource)exchange.Carrier!).Dispose();
            (exchange.Carrier, exchange.IsUnderWay) = (null, false);
            exchange.Owner.Completed(exchange);
        }
        return any;
    }

    private async Task SendAsync(Exchange exchange, HttpRequestMessage message, CancellationTokenSource cancel)
    {
        var error = ErrorClass.None;
        try
        {
            exchange.Sent = _clock.Now;
            cancel.CancelAfter(TimeSpan.FromTicks(Math.Max(1, exchange.Timeout / 100)));
            using var response = await _http.SendAsync(message, cancel.Token).ConfigureAwait(false);
            exchange.Status = (int)response.StatusCode;
            if (exchange.WantsHead || exchange.Status is >= 300 and < 400) HeadText.Write(response, ref exchange.Head);
            await using var body = await response.Content.ReadAsStreamAsync(cancel.Token).ConfigureAwait(false);
            byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(16 << 10);
            try
            {
                int read;
                while ((read = await body.ReadAsync(buffer, cancel.Token).ConfigureAwait(false)) > 0) exchange.AddBody(buffer.AsSpan(0, read));
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
            exchange.BytesReceived = exchange.BodyBytes;
        }
        catch (OperationCanceledException)
        {
            error = ErrorClass.Timeout;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidOperationException or AuthenticationException or SocketException)
        {
            error = ClassOf(failure);
        }
        finally
        {
            message.Dispose();
        }
        if (error != ErrorClass.None) (exchange.Error, exchange.Status) = (error, 0);
        exchange.Done = _clock.Now;
        _mailbox.Put(exchange);
    }

    private HttpRequestMessage MessageOf(Exchange exchange)
    {
        var reader = new RequestText(exchange.Request.AsSpan(0, exchange.RequestLength));
        var message = new HttpRequestMessage(HttpMethod.Parse(reader.Method), _bases[exchange.Origin] + reader.Path)
        {
            Version = _version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (reader.Body.Length > 0 || reader.HasLength) message.Content = new ByteArrayContent(reader.Body.ToArray());
        while (reader.NextHeader(out string name, out string value))
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) continue;
            if (name.Equals("Connection", StringComparison.OrdinalIgnoreCase)) message.Headers.ConnectionClose = _version.Major == 1;
            else if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var endpoint = context.DnsEndPoint;
        var target = _options.Targets.First(t => t.Origin.Port == endpoint.Port && string.Equals(t.Origin.Host.Trim('[', ']'), endpoint.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));
        long number = Interlocked.Increment(ref _opened);
        var address = target.Addresses[(int)(number % target.Addresses.Count)];
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ErrorClass ClassOf(Exception error)
    {
        for (Exception? at = error; at is not null; at = at.InnerException)
            switch (at)
            {
                case AuthenticationException: return ErrorClass.Tls;
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }: return ErrorClass.Tls;
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded }: return ErrorClass.Malformed;
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }: return ErrorClass.Malformed;
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }: return ErrorClass.Refused;
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse }: return ErrorClass.Ports;
                case SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }: return ErrorClass.Files;
                case SocketException { SocketErrorCode: SocketError.TimedOut }: return ErrorClass.Timeout;
                case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted }: return ErrorClass.Reset;
                case SocketException: return ErrorClass.Unreachable;
            }
        return ErrorClass.Reset;
    }
}
