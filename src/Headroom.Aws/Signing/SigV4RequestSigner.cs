using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Signing;
using Headroom.Metrics.Prometheus;

namespace Headroom.Aws.Signing;

/// <summary>
/// Signs requests with AWS Signature Version 4 by the AWS SDK's own handler. Credentials are those that the SDK finds:
/// environment, web identity, profile, container, instance; they are renewed as they run out.
/// </summary>
/// <param name="credentials">Credentials to use; null lets the SDK look for them when the first request is signed.</param>
public sealed class SigV4RequestSigner(AWSCredentials? credentials = null) : IRequestSigner
{
    /// <inheritdoc/>
    public HttpMessageHandler Sign(SigV4Settings settings, HttpMessageHandler inner)
    {
        ArgumentNullException.ThrowIfNull(settings);
        // GetBySystemName knows every form of a region's name, also of regions newer than the SDK.
        return new SigV4SigningHandler(credentials ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(), RegionEndpoint.GetBySystemName(settings.Region), settings.Service, inner);
    }
}
