using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Headroom.Load.Tests.Transports;

/// <summary>A request as the server received it.</summary>
internal sealed record ReceivedRequest(string Line, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Method => Line[..Line.IndexOf(' ', StringComparison.Ordinal)];

    public string Path => Line.Split(' ')[1];
}

/// <summary>One connection to the server.</summary>
internal sealed class ServerConnection(Stream stream, Socket socket, int number)
{
    private readonly byte[] _one = new byte[1];

    /// <summary>From 0.</summary>
    public int Number { get; } = number;

    public async Task<ReceivedRequest?> ReadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(_one) == 0) return null;
            head.Append((char)_one[0]);
        }
        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1].Trim(), StringComparer.OrdinalIgnoreCase);
        byte[] body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body);
        return new ReceivedRequest(lines[0], headers, Encoding.UTF8.GetString(body));
    }

    public async Task WriteAsync(string text)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        await stream.FlushAsync();
    }

    /// <summary>Breaks the connection: RST instead of FIN.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }
}

/// <summary>A server that answers exactly what a test says, byte for byte, plainly or over TLS.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly Lazy<X509Certificate2> Certificate = new(MakeCertificate);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly Func<ServerConnection, Task> _script;
    private readonly bool _tls;
    private readonly Task _accepting;
    private int _connections;

    public ScriptedServer(Func<ServerConnection, Task> script, bool tls = false)
    {
        (_script, _tls) = (script, tls);
        _listener.Start(1000);
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"{(_tls ? "https" : "http")}://localhost:{Port}/");

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Answers each request by a function of it.</summary>
    public static ScriptedServer Answering(Func<ReceivedRequest, string> answer, bool tls = false) => new(async connection =>
    {
        while (await connection.ReadAsync() is { } request) await connection.WriteAsync(answer(request));
    }, tls);

    public static string Ok(string body = "ok", string headers = "") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        lock (_open)
            foreach (var socket in _open)
                socket.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                lock (_open) _open.Add(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_tls)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(Certificate.Value);
                stream = tls;
            }
            // What connects and says nothing is the check before the run.
            var connection = new ServerConnection(stream, socket, Volatile.Read(ref _connections));
            Interlocked.Increment(ref _connections);
            await _script(connection);
            await stream.DisposeAsync();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException or EndOfStreamException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away.
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
