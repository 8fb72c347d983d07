namespace Headroom.Bench.Data;

/// <summary>What to make: how many series, for how long, how far apart.</summary>
/// <param name="Verb">What to do with it.</param>
/// <param name="Series">Number of series; a host has 1,000.</param>
/// <param name="Hours">Length of time.</param>
/// <param name="Step">Seconds between samples.</param>
/// <param name="Seed">The same seed gives the same bytes.</param>
/// <param name="Start">Unix seconds of the first sample; by default as late as the data then ends now.</param>
/// <param name="Batch">Samples of one request to the store.</param>
/// <param name="Directory">Where a store goes; removed before and after.</param>
/// <param name="Pace">Seconds of real time between two samples of a series, where that matters; 0 for as fast as it goes.</param>
internal sealed record DataOptions(string Verb, int Series, double Hours, int Step, int Seed, long Start, int Batch, string Directory, double Pace)
{
    public int Rounds => (int)(Hours * 3600 / Step);

    public static DataOptions Parse(string[] args)
    {
        string? Value(string name) => Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        double hours = double.Parse(Value("--hours") ?? "24");
        int step = int.Parse(Value("--step") ?? "15");
        long end = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60;
        return new DataOptions(
            args.Length > 0 ? args[0] : "", int.Parse(Value("--series") ?? "1000"), hours, step, int.Parse(Value("--seed") ?? "1"),
            long.Parse(Value("--start") ?? $"{end - (long)(hours * 3600)}"), int.Parse(Value("--batch") ?? "10000"),
            Value("--directory") ?? Path.Combine(Path.GetTempPath(), "headroom-bench-data"), double.Parse(Value("--pace") ?? "0"));
    }

    /// <summary>All hosts; the last may be cut.</summary>
    public List<(NodeExporter Host, int Series)> Hosts()
    {
        var hosts = new List<(NodeExporter, int)>();
        for (int left = Series, host = 0; left > 0; left -= NodeExporter.SeriesPerHost, host++)
            hosts.Add((new NodeExporter(host, Seed, Start), Math.Min(left, NodeExporter.SeriesPerHost)));
        return hosts;
    }
}
