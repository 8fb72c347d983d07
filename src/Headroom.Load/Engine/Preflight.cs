using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Headroom.Configuration.Diagnostics;
using Headroom.Load.Plans;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>Finds the plan's hosts and connects to each once, so that a wrong name, a closed port or a bad certificate is one clear message and not a million errors.</summary>
internal static class Preflight
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The addresses of all hosts.</summary>
    /// <exception cref="ProblemException">Carries every host that cannot be used.</exception>
    public static async Task<IReadOnlyList<Target>> CheckAsync(LoadPlan plan, TimeProvider time, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var targets = new List<Target>();
        foreach (var origin in plan.Origins)
        {
            try
            {
                targets.Add(await CheckAsync(origin, plan, time, cancel));
            }
            catch (ProblemException problem)
            {
                problems.AddRange(problem.Problems);
            }
        }
        return problems.Count == 0 ? targets : throw new ProblemException(problems);
    }

    private static async Task<Target> CheckAsync(Origin origin, LoadPlan plan, TimeProvider time, CancellationToken cancel)
    {
        IPAddress[] addresses;
        string host = origin.Host.Trim('[', ']');
        try
        {
            addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        }
        catch (SocketException error)
        {
            throw Bad("load-host-unknown", $"The host {origin.Host} cannot be found: {error.Message}", origin, "Check the name.", error);
        }
        var reached = new List<IPEndPoint>();
        Exception? last = null;
        foreach (var address in addresses)
        {
            var endpoint = new IPEndPoint(address, origin.Port);
            try
            {
                await ConnectAsync(origin, endpoint, plan, time, cancel);
                reached.Add(endpoint);
            }
            catch (Exception error) when (error is SocketException or TimeoutException)
            {
                last = error;
            }
        }
        return reached.Count > 0 ? new Target(origin, reached)
            : throw Bad("load-host-unreachable", $"Nothing answers at {origin}: {last?.Message ?? "it has no address"}", origin, "Check that the service runs there, and the port.", last);
    }

    private static async Task ConnectAsync(Origin origin, IPEndPoint endpoint, LoadPlan plan, TimeProvider time, CancellationToken cancel)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint, cancel).AsTask().WaitAsync(Patience, time, cancel);
        if (!origin.IsTls) return;
        var options = new TransportOptions { Targets = [], InsecureSkipTlsVerify = plan.InsecureSkipTlsVerify };
        await using var tls = new SslStream(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = origin.Host,
                ApplicationProtocols = plan.Http2 ? [SslApplicationProtocol.Http2] : [SslApplicationProtocol.Http11],
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = options.AcceptCertificate,
            }, cancel).WaitAsync(Patience, time, cancel);
        }
        catch (AuthenticationException error)
        {
            throw Bad("load-tls", $"TLS with {origin} fails: {error.Message}", origin, "Use a certificate that this machine trusts, or insecureSkipTLSVerify (-k).", error);
        }
        catch (IOException error)
        {
            throw Bad("load-tls", $"TLS with {origin} fails: {error.Message}", origin, "Check that the service speaks TLS on this port.", error);
        }
    }

    private static ProblemException Bad(string code, string what, Origin origin, string fix, Exception? inner) => new(new Problem(code, what, origin.ToString(), fix), inner);
}
