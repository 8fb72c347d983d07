using Headroom.Configuration.Sections;

namespace Headroom.Server.Telemetry;

/// <summary>Where the server sends what it measures about itself. <c>GET /metrics</c> answers whatever this says.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The OTLP collector's base address, for example <c>http://localhost:4318</c>; null sends nothing.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>How it is spoken to.</summary>
    public OtlpTransport Protocol { get; init; } = OtlpTransport.Http;

    /// <summary>Headers of each export, such as an authorization. Values are secrets and never shown.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How often metrics are sent; 60 s by default.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Which part of the traces that start here is sent, from 0 to 1; 0.1 by default. A trace that came in sampled is always kept.</summary>
    public double TraceSampling { get; init; } = 0.1;

    /// <summary>The label <c>Environment</c> of <c>E2ELatency</c> and <c>CircuitBreakerEfficiency</c>, and the resource's <c>deployment.environment.name</c>; null leaves them out.</summary>
    public string? Environment { get; init; }

    internal static Shape<TelemetrySettings> Shape { get; } = Declare();

    private static ObjectShape<TelemetrySettings> Declare()
    {
        var standard = new TelemetrySettings();
        var otlp = Property.Optional("otlp", "Base address of an OTLP collector; metrics go to its /v1/metrics, traces to its /v1/traces. Default: nothing is sent.",
            Shapes.Parsed<Uri?>("an address such as http://localhost:4318", TryAddress, static () => [new() { ["type"] = "string", ["pattern"] = "^https?://" }]), null);
        var protocol = Property.Optional("protocol", "How the collector is spoken to. Default: http.",
            Shapes.Choice(("http", OtlpTransport.Http, "OTLP/HTTP with protobuf; usually port 4318."), ("grpc", OtlpTransport.Grpc, "OTLP/gRPC; usually port 4317.")), standard.Protocol);
        var headers = Property.Optional("headers", "Headers of each export, such as an authorization; give secrets as ${ENV}.", Shapes.Map(Shapes.Text(4096)), standard.Headers);
        var every = Property.Optional("every", "How often metrics are sent. Default: 60s.", Shapes.Duration(TimeSpan.FromSeconds(1)), standard.Every);
        var sampling = Property.Optional("traceSampling", "Share of the traces that start here which is sent; one that came in sampled is always kept. Default: 10%.", Shapes.Percent(), standard.TraceSampling);
        var environment = Property.Optional("environment", "Label Environment of E2ELatency and CircuitBreakerEfficiency. Default: none.", Shapes.Text(64), null!);
        return new ObjectShape<TelemetrySettings>("What the server tells about itself.", [otlp, protocol, headers, every, sampling, environment], f => new TelemetrySettings
        {
            Otlp = f.Get(otlp),
            Protocol = f.Get(protocol),
            Headers = f.Get(headers),
            Every = f.Get(every),
            TraceSampling = f.Get(sampling),
            Environment = f.Get(environment),
        });
    }

    private static bool TryAddress(string text, out Uri? value, out string reason)
    {
        reason = "it must begin with http:// or https://";
        return Uri.TryCreate(text, UriKind.Absolute, out value) && value.Scheme is "http" or "https";
    }
}

/// <summary>The transports of OTLP.</summary>
public enum OtlpTransport
{
    /// <summary>OTLP/HTTP with protobuf bodies.</summary>
    Http,

    /// <summary>OTLP/gRPC.</summary>
    Grpc,
}
