using Headroom.Configuration.Sections;

namespace Headroom.Server.Hosting;

/// <summary>How <see cref="ServerLimits"/> stand in headroom.yaml.</summary>
internal static class LimitsShape
{
    public static Shape<ServerLimits> Shape { get; } = Declare();

    private static ObjectShape<ServerLimits> Declare()
    {
        var standard = new ServerLimits();
        var ingestBody = Property.Optional("ingestBody", "Largest body of one write. Default: 10MiB.", Shapes.Size(1024), standard.IngestBodyBytes);
        var queryBody = Property.Optional("queryBody", "Largest body of a query sent as a form. Default: 1MiB.", Shapes.Size(1024), standard.QueryBodyBytes);
        var writes = Count("concurrentWrites", "Writes handled at once. Default: 64.", standard.ConcurrentWrites);
        var queuedWrites = Count("queuedWrites", "Writes that wait for their turn. Default: 256.", standard.QueuedWrites);
        var reads = Count("concurrentReads", "Reads handled at once. Default: 16.", standard.ConcurrentReads);
        var queuedReads = Count("queuedReads", "Reads that wait for their turn. Default: 128.", standard.QueuedReads);
        var timeout = Property.Optional("queryTimeout", "Longest evaluation of one query. Default: 2m.", Shapes.Duration(TimeSpan.FromMilliseconds(100)), standard.QueryTimeout);
        var samples = Count("querySamples", "Most samples one query may load. Default: 50000000.", standard.QuerySamples, 2_000_000_000);
        var points = Count("pointsPerSeries", "Most points per series in one range query. Default: 11000.", standard.PointsPerSeries);
        var connections = Count("connections", "Open connections. Default: 10000.", standard.Connections);
        return new ObjectShape<ServerLimits>("Bounds on requests.",
            [ingestBody, queryBody, writes, queuedWrites, reads, queuedReads, timeout, samples, points, connections], f => new ServerLimits
            {
                // A body is parsed from one array.
                IngestBodyBytes = Math.Min(f.Get(ingestBody), 1L << 30),
                QueryBodyBytes = Math.Min(f.Get(queryBody), 1L << 30),
                ConcurrentWrites = (int)f.Get(writes),
                QueuedWrites = (int)f.Get(queuedWrites),
                ConcurrentReads = (int)f.Get(reads),
                QueuedReads = (int)f.Get(queuedReads),
                QueryTimeout = f.Get(timeout),
                QuerySamples = (long)f.Get(samples),
                PointsPerSeries = (int)f.Get(points),
                Connections = (int)f.Get(connections),
            });
    }

    private static Property<double> Count(string name, string description, double standard, double most = 1_000_000) =>
        Property.Optional(name, description, Shapes.Number(minimum: 1, maximum: most), standard);
}
