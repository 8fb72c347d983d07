using Headroom.Metrics;
using Headroom.Metrics.Histograms;

namespace Headroom.Query.Bench;

/// <summary>
/// The same monitoring data for everyone, from a fixed seed: counters and gauges of 1,000 series each over 24 h at 15 s,
/// native histograms of 100 series over 24 h at 60 s, and gauges of 100 series over 7 days at 15 s.
/// </summary>
internal sealed class Workload(int series)
{
    public const long End = 1_767_830_400_000;
    public const long Day = 86_400_000;

    private const long Interval = 15_000;
    private const int StepsPerRequest = 40;

    private readonly int _histograms = Math.Max(1, series / 10);

    /// <summary>The data as requests in time order, so that any store takes it.</summary>
    public IEnumerable<WriteRequest> Requests()
    {
        var random = new Random(20260108);
        var week = Enumerable.Range(0, _histograms).Select(i => Of("bench_week", i)).ToArray();
        var counters = Enumerable.Range(0, series).Select(i => Of("bench_requests_total", i)).ToArray();
        var gauges = Enumerable.Range(0, series).Select(i => Of("bench_temperature", i)).ToArray();
        var latencies = Enumerable.Range(0, _histograms).Select(i => Of("bench_latency_seconds", i)).ToArray();
        double[] weekly = [.. week.Select(_ => 50 + (random.NextDouble() * 10))];
        double[] totals = new double[series];
        double[] rates = [.. counters.Select(_ => Math.Exp(random.NextDouble() * 6))];
        double[] levels = [.. gauges.Select(_ => 20 + (random.NextDouble() * 60))];
        var recorders = latencies.Select(_ => new HistogramRecorder()).ToArray();

        var request = new WriteRequest();
        int steps = 0;
        for (long time = End - (7 * Day) + 1_000; time < End; time += Interval)
        {
            for (int i = 0; i < week.Length; i++)
            {
                weekly[i] += random.NextDouble() - 0.5;
                request.Samples.Add(new FloatSample(week[i], time, Math.Round(weekly[i], 2)));
            }
            if (time >= End - Day)
            {
                for (int i = 0; i < series; i++)
                {
                    totals[i] += Math.Round(rates[i] * random.NextDouble() * 2);
                    request.Samples.Add(new FloatSample(counters[i], time, totals[i]));
                    levels[i] += (random.NextDouble() - 0.5) * 0.8;
                    request.Samples.Add(new FloatSample(gauges[i], time, Math.Round(levels[i], 3)));
                }
                if (time % 60_000 < Interval)
                {
                    for (int i = 0; i < latencies.Length; i++)
                    {
                        for (int k = 0; k < 20; k++) recorders[i].Record(Lognormal(random, -2.5, 0.8));
                        request.Histograms.Add(new HistogramSample(latencies[i], time, recorders[i].ToHistogram()));
                    }
                }
            }
            if (++steps < (time < End - Day ? 200 : StepsPerRequest) && request.Count < 40_000) continue;
            yield return request;
            request = new WriteRequest();
            steps = 0;
        }
        if (request.Count > 0) yield return request;
    }

    private static Labels Of(string metric, int i) =>
        Labels.Of(metric, ("instance", $"host-{i:0000}:9100"), ("job", $"job-{i % 20}"), ("region", $"eu-west-{i % 3}"), ("service", $"service-{i % 50}"));

    private static double Lognormal(Random random, double mu, double sigma)
    {
        double u = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Exp(mu + (sigma * u));
    }
}

/// <summary>One kind of query that is timed.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Expression">PromQL.</param>
/// <param name="RangeMs">How far back the range goes; 0 for an instant.</param>
/// <param name="StepMs">Its resolution.</param>
/// <param name="Native">Whether it needs native histograms.</param>
internal sealed record Shape(string Name, string Expression, long RangeMs, long StepMs, bool Native = false)
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        new("raw selector, 24 h by 1 min", "bench_temperature", Workload.Day, 60_000),
        new("sum by (job) of rate, 24 h by 1 min", "sum by (job) (rate(bench_requests_total[5m]))", Workload.Day, 60_000),
        new("histogram_quantile of native, 24 h by 1 min", "histogram_quantile(0.99, sum by (job) (rate(bench_latency_seconds[5m])))", Workload.Day, 60_000, Native: true),
        new("topk(10), 24 h by 1 min", "topk(10, bench_temperature)", Workload.Day, 60_000),
        new("avg_over_time 1 h, 24 h by 1 min", "avg_over_time(bench_temperature[1h])", Workload.Day, 60_000),
        new("max_over_time 7 d, instant", "max_over_time(bench_week[7d])", 0, 0),
        new("avg_over_time 7 d, instant", "avg_over_time(bench_week[7d])", 0, 0),
        new("stddev_over_time 7 d, instant", "stddev_over_time(bench_week[7d])", 0, 0),
        new("quantile_over_time 7 d, instant", "quantile_over_time(0.9, bench_week[7d])", 0, 0),
        new("avg_over_time 1 d, 6 d by 10 min", "avg_over_time(bench_week[1d])", 6 * Workload.Day, 600_000),
    ];
}
