using System.Text.RegularExpressions;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Ingest.Probes;

/// <summary>Which redirects a probe follows.</summary>
public enum RedirectPolicy
{
    /// <summary>None: the redirect is the answer.</summary>
    None,

    /// <summary>Those to the same host, and not from https to http.</summary>
    SameHost,

    /// <summary>All; headers and body go only to the host they were meant for.</summary>
    Any,
}

/// <summary>One URL that is called to see whether it works. An item of <c>sources.probes</c>.</summary>
public sealed record ProbeSettings
{
    /// <summary>What is called.</summary>
    public required Uri Url { get; init; }

    /// <summary>Time between calls. Default 15 min.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest time for one call, redirects and body included. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Statuses that count as success. Default 200 alone.</summary>
    public IReadOnlyList<StatusRange> Expect { get; init; } = [new StatusRange(200, 200)];

    /// <summary>Request method. Default GET.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Request headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Request body; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>A regular expression (RE2) that must be found in the first MiB of the answer; null for none.</summary>
    public string? Match { get; init; }

    /// <summary>Redirects that are followed, at most 10. Default those to the same host.</summary>
    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.SameHost;

    /// <summary>Labels for the probe's series.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    internal static ObjectShape<ProbeSettings> Shape { get; } = Declare();

    private static ObjectShape<ProbeSettings> Declare()
    {
        var url = Property.Required("url", "What is called.", HttpSettings.Url);
        var every = Property.Optional("every", "Time between calls. Default: 15m.", Shapes.Duration(TimeSpan.FromSeconds(1)), TimeSpan.FromMinutes(15));
        var timeout = Property.Optional("timeout", "Longest time for one call, redirects and body included; not longer than 'every'. Default: 5s.", Shapes.Duration(), TimeSpan.FromSeconds(5));
        var expect = Property.Optional<IReadOnlyList<StatusRange>>("expect", "Statuses that count as success: one or several of 200, 2xx, 200..204. Default: 200.",
            Shapes.OneOrMore(StatusRange.Shape), [new StatusRange(200, 200)]);
        var method = Property.Optional("method", "Request method. Default: GET.",
            Shapes.Choice(("GET", "GET", "Fetch."), ("HEAD", "HEAD", "Fetch the headers only."), ("POST", "POST", "Send a body."), ("PUT", "PUT", "Send a body."), ("OPTIONS", "OPTIONS", "Ask what is allowed.")), "GET");
        var headers = Property.Optional("headers", "Request headers; secrets as ${ENV}, for example Authorization: Bearer ${TOKEN}.", HttpSettings.Headers, new Dictionary<string, string>());
        var body = Property.Optional<string?>("body", "Request body; its type is the header Content-Type.", Shapes.Text(1 << 20)!, null);
        var match = Property.Optional<string?>("match", "A regular expression (RE2) that must be found in the first MiB of the answer.", Shapes.Text(4096).Checked(WhatIsWrong)!, null);
        var redirects = Property.Optional("redirects", "Redirects that are followed, at most 10. Default: same-host.",
            Shapes.Choice(
                ("none", RedirectPolicy.None, "None: the redirect is the answer."),
                ("same-host", RedirectPolicy.SameHost, "Those to the same host, and not from https to http."),
                ("any", RedirectPolicy.Any, "All; headers and body go only to the host they were meant for.")),
            RedirectPolicy.SameHost);
        var labels = Property.Optional("labels", "Labels for the probe's series. Without 'service' it is the label 'job', else the URL's host.", HttpSettings.Labels, new Dictionary<string, string>());
        return new ObjectShape<ProbeSettings>(
            "A URL that is called to see whether it works.",
            [url, every, timeout, expect, method, headers, body, match, redirects, labels],
            f => new ProbeSettings
            {
                Url = f.Get(url),
                Every = f.Get(every),
                Timeout = f.Get(timeout),
                Expect = f.Get(expect),
                Method = f.Get(method),
                Headers = f.Get(headers),
                Body = f.Get(body),
                Match = f.Get(match),
                Redirects = f.Get(redirects),
                Labels = f.Get(labels),
            },
            f =>
            {
                if (f.Get(timeout) > f.Get(every)) f.Report(timeout, "source-timeout", "The timeout is longer than the time between calls.", "Make it at most 'every'.");
                if (f.Has(body, out _) && f.Get(method) is not ("POST" or "PUT")) f.Report(body, "probe-body", $"A {f.Get(method)} has no body.", "Set 'method: POST', or remove the body.");
                if (f.Has(match, out _) && f.Get(method) == "HEAD") f.Report(match, "probe-match", "The answer to HEAD has no body to match.", "Set 'method: GET', or remove 'match'.");
            });
    }

    private static Problem? WhatIsWrong(string pattern)
    {
        try
        {
            Re2.Compile(pattern);
            return null;
        }
        catch (Exception error) when (error is RegexParseException or NotSupportedException)
        {
            return new Problem("probe-match", $"The regular expression cannot be used: {error.Message}");
        }
    }
}
