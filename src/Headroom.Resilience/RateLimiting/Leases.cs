using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Headroom.Resilience.RateLimiting;

/// <summary>A granted permit. A token bucket takes nothing back, so all of them are one object.</summary>
internal sealed class GrantedLease : RateLimitLease
{
    public static readonly GrantedLease Instance = new();

    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}

/// <summary>A refusal, with the time after which the same call would be served if nobody else comes.</summary>
internal sealed class RefusedLease(TimeSpan retryAfter, string reason) : RateLimitLease
{
    public const string NoPermits = "The rate budget has no permits left.";
    public const string QueueFull = "The rate budget has no permits left and its queue is full.";
    public const string AboveBurst = "The rate budget was changed and never holds that many permits now.";
    public const string Disposed = "The rate budget was closed.";

    public override bool IsAcquired => false;

    public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name, MetadataName.ReasonPhrase.Name];

    public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter
            : metadataName == MetadataName.ReasonPhrase.Name ? reason
            : null;
        return metadata is not null;
    }
}
