using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Headroom.Load.Measurement;

namespace Headroom.Load.Transports.Epoll;

/// <summary>
/// TLS: an SslStream over the connection's socket. Its tasks are completed by this transport's own events, so that all of it runs on
/// the worker's thread and no thread pool is between the network and the clock.
/// </summary>
internal sealed partial class EpollTransport
{
    private const int TlsBufferSize = 16 << 10;

    private static readonly List<SslApplicationProtocol> Http11 = [SslApplicationProtocol.Http11];

    private void StartTls(EpollConnection connection)
    {
        connection.Stream = new EpollStream(connection.Fd, wanted => AskForOut(connection, wanted));
        connection.Tls = new SslStream(connection.Stream, leaveInnerStreamOpen: true);
        _ = PumpAsync(connection, connection.Tls);
    }

    private async Task PumpAsync(EpollConnection connection, SslStream tls)
    {
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = _options.Targets[connection.Origin].Origin.Host,
                ApplicationProtocols = Http11,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = _options.AcceptCertificate,
            });
        }
        catch (Exception error) when (error is AuthenticationException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            if (!connection.IsClosed) Broken(connection, error is AuthenticationException ? ErrorClass.Tls : ErrorClass.Reset);
            return;
        }
        connection.IsTlsReady = true;
        if (connection.Exchange is { } waiting) WriteTls(connection, waiting);
        byte[] buffer = new byte[TlsBufferSize];
        try
        {
            while (!connection.IsClosed)
            {
                int read = await tls.ReadAsync(buffer);
                if (connection.IsClosed) return;
                if (read == 0) OnClosed(connection, 0);
                else OnData(connection, buffer.AsSpan(0, read));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException or AuthenticationException)
        {
            if (!connection.IsClosed) Broken(connection, ErrorClass.Reset);
        }
        finally
        {
            await tls.DisposeAsync();
        }
    }

    private void WriteTls(EpollConnection connection, Exchange exchange)
    {
        if (exchange.Sent < 0) exchange.Sent = _clock.Now;
        connection.Written = exchange.RequestLength;
        try
        {
            var writing = connection.Tls!.WriteAsync(exchange.Request.AsMemory(0, exchange.RequestLength));
            if (writing.IsCompletedSuccessfully) writing.GetAwaiter().GetResult();
            else _ = FinishWriteAsync(connection, writing);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            if (!connection.IsClosed) Broken(connection, ErrorClass.Reset);
        }
    }

    private async Task FinishWriteAsync(EpollConnection connection, ValueTask writing)
    {
        try
        {
            await writing;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            if (!connection.IsClosed) Broken(connection, ErrorClass.Reset);
        }
    }
}
