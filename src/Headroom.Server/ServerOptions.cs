using Headroom.Metrics.Ingest.CloudWatch;
using Microsoft.Extensions.Logging;

namespace Headroom.Server;

/// <summary>What a <see cref="HeadroomServer"/> serves, from where, and on which addresses.</summary>
public sealed record ServerOptions
{
    /// <summary>The store's directory; created when absent, and locked for as long as the server lives.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The project's headroom.yaml; null when there is none. Read when it is needed, so that an edit shows at once.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>The address to listen on; <c>127.0.0.1</c> by default. One beyond loopback needs an API key to exist.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0 takes a free one; null listens on the data directory's socket only.</summary>
    public int? Port { get; init; } = DefaultPort;

    /// <summary>The clock of the server and everything under it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Least severity written to the log; Information by default.</summary>
    public LogLevel MinimumLogLevel { get; init; } = LogLevel.Information;

    /// <summary>Where log lines go; standard error by default, never standard output.</summary>
    public TextWriter Log { get; init; } = Console.Error;

    /// <summary>How long requests under way may still take when the server stops; 10 s by default.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How the server itself runs; null takes the section <c>server</c> of <see cref="ConfigPath"/>, or the defaults without one.</summary>
    public ServerSettings? Settings { get; init; }

    /// <summary>The bounds in force.</summary>
    internal ServerLimits Limits => Settings?.Limits ?? new ServerLimits();

    /// <summary>Whether the section <c>sources</c> is collected; only <c>headroom serve</c> does. Read when the server starts.</summary>
    public bool CollectsSources { get; init; }

    /// <summary>Where metrics of <c>sources.cloudwatch</c> come from; null when AWS is not bound.</summary>
    public ICloudWatchSource? CloudWatch { get; init; }

    /// <summary>Whether alarms are evaluated, and acted on, while it runs; false by default: a command that hosts the application only looks.</summary>
    public bool EvaluatesAlarms { get; init; }

    /// <summary>The port of <c>headroom serve</c>.</summary>
    public const int DefaultPort = 8080;
}

/// <summary>Bounds on requests. Beyond one, the answer is a 4xx that names it, or 429 with Retry-After.</summary>
public sealed record ServerLimits
{
    /// <summary>Largest body of <c>POST /metrics</c>, in bytes; 10 MiB by default.</summary>
    public long IngestBodyBytes { get; init; } = 10L << 20;

    /// <summary>Largest body of a query sent as a form, in bytes; 1 MiB by default.</summary>
    public long QueryBodyBytes { get; init; } = 1L << 20;

    /// <summary>Writes handled at once; 64 by default.</summary>
    public int ConcurrentWrites { get; init; } = 64;

    /// <summary>Writes that wait for their turn; the next is answered 429. 256 by default.</summary>
    public int QueuedWrites { get; init; } = 256;

    /// <summary>Queries, reports and exports handled at once; 16 by default.</summary>
    public int ConcurrentReads { get; init; } = 16;

    /// <summary>Reads that wait for their turn; the next is answered 429. 128 by default.</summary>
    public int QueuedReads { get; init; } = 128;

    /// <summary>Longest evaluation of one query; a request may ask for less. 2 min by default, as Prometheus.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most points per series in one range query; 11,000, as Prometheus.</summary>
    public int PointsPerSeries { get; init; } = 11_000;

    /// <summary>Most samples one query may load; 50,000,000 by default, as Prometheus.</summary>
    public long QuerySamples { get; init; } = 50_000_000;

    /// <summary>Open connections; 10,000 by default.</summary>
    public int Connections { get; init; } = 10_000;
}
