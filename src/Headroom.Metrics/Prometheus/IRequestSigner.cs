namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Signs requests to a cluster as AWS wants it (Signature Version 4). Declared here because the client needs it;
/// implemented where AWS is known.
/// </summary>
public interface IRequestSigner
{
    /// <summary>A handler that signs each request, each retry anew, and passes it on.</summary>
    /// <param name="settings">Region and service to sign for.</param>
    /// <param name="inner">What sends the signed request.</param>
    HttpMessageHandler Sign(SigV4Settings settings, HttpMessageHandler inner);
}
