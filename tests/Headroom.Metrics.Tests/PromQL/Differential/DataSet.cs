using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.PromQL.Differential;

/// <summary>
/// Two hours of made-up monitoring data: counters with resets, gauges, classic histograms, series that begin late, end
/// early and pause. Samples lie at odd offsets, so that none falls on the border of a window or look-back: there
/// Prometheus 2 and 3 differ.
/// </summary>
internal static class DataSet
{
    public sealed record SeriesData(Labels Labels, List<(long Time, double Value)> Samples);

    public const long Start = 1_700_000_000_000;
    public const long Length = 2 * 3_600_000;

    public static List<SeriesData> Make(int seed)
    {
        var random = new Random(seed);
        var all = new List<SeriesData>();
        string[] jobs = ["api", "web", "db"];
        foreach (string job in jobs)
        {
            for (int instance = 0; instance < 3; instance++)
            {
                string host = $"host-{instance}:9100";
                foreach (string code in (string[])["200", "404", "500"])
                    all.Add(Counter(random, Labels.Of("requests_total", ("job", job), ("instance", host), ("code", code))));
                all.Add(Gauge(random, Labels.Of("temperature", ("job", job), ("instance", host)), 20, 5));
                all.Add(Gauge(random, Labels.Of("load", ("job", job), ("instance", host)), 0.5, 2));
                all.Add(new SeriesData(Labels.Of("build_info", ("job", job), ("instance", host), ("version", $"1.{instance}"), ("arch", "x64")), [.. Times(random).Select(t => (t, 1.0))]));
                Histogram(random, job, host, all);
            }
            all.Add(Gauge(random, Labels.Of("limit", ("job", job)), 100, 1));
        }
        all.Add(new SeriesData(Labels.Of("flat"), [.. Times(random).Select(t => (t, 42.0))]));
        all.Add(new SeriesData(Labels.Of("special"), [.. Times(random).Select((t, i) => (t, (i % 7) switch { 0 => double.NaN, 3 => 0, _ => i - 200.0 }))]));
        return all;
    }

    public static MemorySeriesSource ToSource(IEnumerable<SeriesData> data)
    {
        var source = new MemorySeriesSource();
        foreach (var series in data)
            foreach (var (time, value) in series.Samples) source.Add(series.Labels, time, value);
        return source;
    }

    private static List<long> Times(Random random)
    {
        long first = Start + 7_300 + random.Next(0, 5) * 1000, last = Start + Length;
        if (random.Next(6) == 0) first += random.Next(1, 30) * 60_000L;
        if (random.Next(6) == 0) last -= random.Next(1, 30) * 60_000L;
        var times = new List<long>();
        long pause = random.Next(4) == 0 ? first + (random.Next(10, 60) * 60_000L) : long.MaxValue;
        long length = random.Next(2, 12) * 60_000L;
        for (long time = first; time < last; time += 15_000)
            if (time < pause || time > pause + length) times.Add(time);
        return times;
    }

    private static SeriesData Counter(Random random, Labels labels)
    {
        var samples = new List<(long, double)>();
        // High enough that a counter's zero never limits the extrapolation: Prometheus 2 and 3 differ there.
        double value = 1e6 + random.Next(1000);
        double rate = Math.Exp(random.NextDouble() * 5);
        foreach (long time in Times(random))
        {
            value += Math.Round(rate * random.NextDouble() * 15);
            if (random.Next(150) == 0) value = 5e5 + random.Next(1000);
            samples.Add((time, value));
        }
        return new SeriesData(labels, samples);
    }

    private static SeriesData Gauge(Random random, Labels labels, double middle, double spread)
    {
        double value = middle;
        var samples = new List<(long, double)>();
        foreach (long time in Times(random))
        {
            value += (random.NextDouble() - 0.5) * spread + ((middle - value) * 0.05);
            samples.Add((time, value));
        }
        return new SeriesData(labels, samples);
    }

    private static void Histogram(Random random, string job, string instance, List<SeriesData> all)
    {
        (string Text, double Bound)[] bounds = [("0.05", 0.05), ("0.1", 0.1), ("0.5", 0.5), ("1", 1), ("5", 5), ("+Inf", double.PositiveInfinity)];
        double[] counts = new double[bounds.Length];
        double sum = 0;
        var samples = bounds.Select(_ => new List<(long, double)>()).ToArray();
        var sums = new List<(long, double)>();
        var totals = new List<(long, double)>();
        for (int i = 0; i < counts.Length; i++) counts[i] = 1e6;
        foreach (long time in Times(random))
        {
            int observations = random.Next(0, 40);
            for (int k = 0; k < observations; k++)
            {
                double value = Math.Exp((random.NextDouble() * 4) - 3);
                sum += value;
                for (int i = 0; i < bounds.Length; i++)
                    if (value <= bounds[i].Bound) counts[i]++;
            }
            for (int i = 0; i < bounds.Length; i++) samples[i].Add((time, counts[i]));
            sums.Add((time, 1e7 + sum));
            totals.Add((time, counts[^1]));
        }
        for (int i = 0; i < bounds.Length; i++)
            all.Add(new SeriesData(Labels.Of("latency_seconds_bucket", ("job", job), ("instance", instance), ("le", bounds[i].Text)), samples[i]));
        all.Add(new SeriesData(Labels.Of("latency_seconds_sum", ("job", job), ("instance", instance)), sums));
        all.Add(new SeriesData(Labels.Of("latency_seconds_count", ("job", job), ("instance", instance)), totals));
    }
}
