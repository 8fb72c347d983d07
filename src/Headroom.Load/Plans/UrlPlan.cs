using Headroom.Load.Executors;
using Headroom.Load.Templates;

namespace Headroom.Load.Plans;

/// <summary>A plan from a URL alone.</summary>
public static class UrlPlan
{
    /// <summary>A plan that sends one request over and over.</summary>
    /// <param name="url">An absolute http or https URL.</param>
    /// <param name="shape">How much load.</param>
    /// <param name="options">What else is known about the request.</param>
    public static LoadPlan Create(Uri url, LoadShape shape, UrlPlanOptions options)
    {
        var request = Request(url, "url", options);
        return new LoadPlan
        {
            Name = url.ToString(),
            Target = url,
            Scenarios = [new Scenario { Name = "default", Shape = shape, GracefulStop = options.GracefulStop, Flows = [new WeightedFlow("default", 1, [new RequestStep([request])])] }],
            Timeout = options.Timeout,
            // The URL that was named is measured, not the one it points to.
            MaxRedirects = 0,
            Cookies = false,
            Http2 = options.Http2,
            InsecureSkipTlsVerify = options.InsecureSkipTlsVerify,
            NoConnectionReuse = options.NoConnectionReuse,
            Seed = options.Seed,
            Origins = [request.Origin],
        };
    }

    /// <summary>Whether a text is an absolute http or https URL with a host.</summary>
    public static bool TryUrl(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0;

    internal static RequestSpec Request(Uri url, string name, UrlPlanOptions options)
    {
        var headers = options.Headers.Select(h => (h.Name, Template.Literal(h.Value))).ToList();
        return new RequestSpec
        {
            Name = name == "url" ? $"{options.Method} {url.AbsolutePath}" : name,
            Method = options.Method,
            Origin = Origin.Of(url),
            Path = Template.Literal(url.PathAndQuery),
            Headers = headers,
            Body = options.Body is { } body ? Template.Literal(body) : null,
        };
    }
}

/// <summary>What a URL's requests look like beside the URL.</summary>
public sealed record UrlPlanOptions
{
    /// <summary>The method. By default GET.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A body, or null.</summary>
    public string? Body { get; init; }

    /// <summary>How long a request may take. By default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests under way at the end may still take. By default 5 s.</summary>
    public TimeSpan GracefulStop { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether requests go over HTTP/2.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether certificates are accepted without being checked.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>Whether every request opens a connection of its own.</summary>
    public bool NoConnectionReuse { get; init; }

    /// <summary>Seed of everything random. By default 1.</summary>
    public int Seed { get; init; } = 1;
}
