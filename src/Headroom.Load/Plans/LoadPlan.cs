using Headroom.Load.Executors;
using Headroom.Load.Templates;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Plans;

/// <summary>
/// What to send, how much of it, and what the answers must come to. Immutable and complete: whatever could be wrong with it was
/// found when it was read. Made by <see cref="PlanFile"/> or <see cref="UrlPlan"/>.
/// </summary>
public sealed record LoadPlan
{
    /// <summary>What the plan is called.</summary>
    public required string Name { get; init; }

    /// <summary>Where relative URLs start; null when all are absolute.</summary>
    public Uri? Target { get; init; }

    /// <summary>What runs, each with its own shape.</summary>
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>What the results are judged by; may be empty.</summary>
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>Requests due in this time from the start are not part of the results.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>How long a request may take, from its first byte sent, unless it says otherwise.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Redirects followed for one request.</summary>
    public int MaxRedirects { get; init; } = 10;

    /// <summary>Whether certificates are accepted without being checked.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Whether every request opens a connection of its own.</summary>
    public bool NoConnectionReuse { get; init; }

    /// <summary>Whether requests go over HTTP/2.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether users keep cookies, each their own.</summary>
    public bool Cookies { get; init; } = true;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    internal IReadOnlyDictionary<string, Template> Variables { get; init; } = new Dictionary<string, Template>();

    internal IReadOnlyList<Feed> Feeds { get; init; } = [];

    internal IReadOnlyDictionary<string, CustomMetricKind> Metrics { get; init; } = new Dictionary<string, CustomMetricKind>();

    /// <summary>The hosts it sends to: nothing is sent anywhere else, whatever an answer says.</summary>
    internal IReadOnlyList<Origin> Origins { get; init; } = [];
}

/// <summary>A part of a plan: what its users do, and how many of them there are.</summary>
public sealed record Scenario
{
    /// <summary>Its name, unique in the plan.</summary>
    public required string Name { get; init; }

    /// <summary>How much load, over time.</summary>
    public required LoadShape Shape { get; init; }

    /// <summary>When it starts, from the start of the run or, with <see cref="StartAfter"/>, from that scenario's end.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>The scenario that must have ended first.</summary>
    public string? StartAfter { get; init; }

    /// <summary>How long iterations under way may still take after the end.</summary>
    public TimeSpan GracefulStop { get; init; } = TimeSpan.FromSeconds(30);

    internal IReadOnlyList<WeightedFlow> Flows { get; init; } = [];

    internal IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>A sequence of steps, and how often it is chosen among a scenario's flows.</summary>
internal sealed record WeightedFlow(string Name, double Weight, IReadOnlyList<Step> Steps);

/// <summary>The scheme, host and port of a URL.</summary>
internal sealed record Origin(bool IsTls, string Host, int Port)
{
    public static Origin Of(Uri uri) => new(uri.Scheme == "https", uri.IdnHost, uri.Port);

    /// <summary>The value of the Host header: without the scheme's own port (RFC 9110 section 7.2).</summary>
    public string Authority
    {
        get
        {
            string host = Host.Contains(':', StringComparison.Ordinal) && Host[0] != '[' ? $"[{Host}]" : Host;
            return Port == (IsTls ? 443 : 80) ? host : $"{host}:{Port}";
        }
    }

    public override string ToString() => $"{(IsTls ? "https" : "http")}://{Authority}";
}

/// <summary>A metric that the plan defines.</summary>
internal enum CustomMetricKind
{
    /// <summary>The share of times a condition held.</summary>
    Rate,

    /// <summary>A sum.</summary>
    Counter,

    /// <summary>A distribution.</summary>
    Trend,
}
