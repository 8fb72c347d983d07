namespace Headroom.Metrics.Ingest.Probes;

/// <summary>Sends a probe's requests, each on a connection of its own, and notes how long its parts took.</summary>
internal interface IProbeTransport : IDisposable
{
    /// <summary>How long the parts of the last request took, and until when its certificates are good.</summary>
    ProbePhases Phases { get; }

    /// <summary>Sends a request; completes with the headers of the answer. Redirects are not followed.</summary>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel);
}

/// <summary>How long the parts of a request took; null where there was no such part.</summary>
internal sealed class ProbePhases
{
    /// <summary>Finding the host's address.</summary>
    public TimeSpan? Resolve { get; set; }

    /// <summary>Opening the connection.</summary>
    public TimeSpan? Connect { get; set; }

    /// <summary>Agreeing on TLS.</summary>
    public TimeSpan? Tls { get; set; }

    /// <summary>From the request to the headers of the answer.</summary>
    public TimeSpan? Processing { get; set; }

    /// <summary>Reading the answer's body.</summary>
    public TimeSpan? Transfer { get; set; }

    /// <summary>The earliest end of a certificate in the server's chain.</summary>
    public DateTimeOffset? CertificateExpiry { get; set; }

    /// <summary>Forgets what the request before took.</summary>
    public void Clear() => (Resolve, Connect, Tls, Processing, Transfer, CertificateExpiry) = (null, null, null, null, null, null);
}
