using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Headroom.Load.Plans;

namespace Headroom.Load.Transports;

/// <summary>A host of the plan with the addresses it was found at, before the run.</summary>
internal sealed record Target(Origin Origin, IReadOnlyList<IPEndPoint> Addresses);

/// <summary>What all requests of a run have in common.</summary>
internal sealed record TransportOptions
{
    public required IReadOnlyList<Target> Targets { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Whether a server's certificate is accepted: when nothing is wrong with it, or the plan does not care.</summary>
    public bool AcceptCertificate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None || InsecureSkipTlsVerify;
}
