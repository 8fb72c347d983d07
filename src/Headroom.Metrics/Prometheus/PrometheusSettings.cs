using Headroom.Configuration.Sections;

namespace Headroom.Metrics.Prometheus;

/// <summary>A Prometheus-compatible cluster that keeps the measurements. The mapping <c>metrics.prometheus</c>.</summary>
/// <param name="Url">Base of its HTTP API, without <c>/api/v1</c>.</param>
/// <param name="WriteUrl">Where remote write goes; null for <c>/api/v1/write</c> below <paramref name="Url"/>.</param>
/// <param name="Auth">How requests prove who they come from; null for not at all.</param>
/// <param name="Protocol">Which remote write is spoken first.</param>
/// <param name="Distributions">In which form distributions are written.</param>
/// <param name="Instance">Value of the label <c>headroom_instance</c>; null for this machine's name.</param>
public sealed record PrometheusSettings(Uri Url, Uri? WriteUrl, ClusterAuth? Auth, RemoteWriteProtocol Protocol, DistributionForm Distributions, string? Instance)
{
    /// <summary>The label that tells the series of several gateways apart.</summary>
    public const string InstanceLabel = "headroom_instance";

    /// <summary>Settings for a cluster that wants no credentials, everything else by default.</summary>
    public static PrometheusSettings At(Uri url) => new(url, null, null, RemoteWriteProtocol.Version1, DistributionForm.Native, null);

    /// <summary>What the mapping looks like.</summary>
    public static ObjectShape<PrometheusSettings> Shape { get; } = Declare();

    private static ObjectShape<PrometheusSettings> Declare()
    {
        var url = Property.Required("url", "Base of the cluster's HTTP API, such as http://prometheus:9090 or https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-….", Address());
        var writeUrl = Property.Optional<Uri?>("write_url", "Where remote write goes. Default: /api/v1/write (sigv4: /api/v1/remote_write) below url.", Address()!, null);
        var auth = Property.Optional<ClusterAuth?>("auth", "How requests prove who they come from. Default: not at all.", ClusterAuth.Shape!, null);
        var protocol = Property.Optional("remote_write", "Which version of remote write is spoken. Default: 1.0.",
            Shapes.Choice(
                ("1.0", RemoteWriteProtocol.Version1, "What every cluster understands."),
                ("2.0", RemoteWriteProtocol.Version2, "Smaller; falls back to 1.0 when the cluster answers 415.")),
            RemoteWriteProtocol.Version1);
        var distributions = Property.Optional("distributions", "In which form distributions are written. Default: native.",
            Shapes.Choice(
                ("native", DistributionForm.Native, "As native histograms; refused when the cluster has none."),
                ("classic", DistributionForm.Classic, "As classic histograms (_bucket, _sum, _count), which every cluster has and which are coarser.")),
            DistributionForm.Native);
        var instance = Property.Optional<string?>("instance", "Value of the label headroom_instance that this gateway adds. Default: the machine's name.", Shapes.Text(200)!, null);
        return new ObjectShape<PrometheusSettings>("A Prometheus-compatible cluster.", [url, writeUrl, auth, protocol, distributions, instance],
            f => new PrometheusSettings(f.Get(url), f.Get(writeUrl), f.Get(auth), f.Get(protocol), f.Get(distributions), f.Get(instance)));
    }

    private static Shape<Uri> Address() => Shapes.Parsed(
        "an address such as http://prometheus:9090",
        (string text, out Uri value, out string reason) =>
        {
            reason = "";
            bool read = Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https";
            if (read && parsed!.UserInfo.Length > 0)
            {
                (read, reason) = (false, "credentials do not belong into an address; write them under auth");
            }
            value = read ? parsed! : null!;
            return read;
        },
        () => [new System.Text.Json.Nodes.JsonObject { ["type"] = "string", ["format"] = "uri" }]);
}

/// <summary>Which remote write is spoken first.</summary>
public enum RemoteWriteProtocol
{
    /// <summary>1.0, with native histograms as Prometheus added them.</summary>
    Version1,

    /// <summary>2.0; 1.0 once the cluster answers 415.</summary>
    Version2,
}

/// <summary>In which form distributions go to a cluster.</summary>
public enum DistributionForm
{
    /// <summary>Native histograms.</summary>
    Native,

    /// <summary>Classic histograms with fixed buckets.</summary>
    Classic,
}
