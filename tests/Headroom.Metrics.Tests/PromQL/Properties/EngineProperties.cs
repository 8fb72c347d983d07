using Headroom.Metrics.PromQL;
using Headroom.Metrics.Tests.PromQL.Differential;
using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Properties;

public sealed class EngineProperties
{
    [Fact]
    public void A_range_query_is_the_instant_query_at_every_step()
    {
        var cancel = TestContext.Current.CancellationToken;
        var engine = new PromqlEngine(DataSet.ToSource(DataSet.Make(5)));
        var random = new Random(5);
        var generator = new QueryGenerator(random);
        int compared = 0;
        for (int i = 0; i < 400; i++)
        {
            string query = generator.Next();
            // These mean the range of the query itself, which an instant does not have; and order matters to an instant alone.
            if (query.Contains("start()", StringComparison.Ordinal) || query.Contains("end()", StringComparison.Ordinal) || query.Contains("holt_winters", StringComparison.Ordinal)) continue;
            long start = DataSet.Start + (random.Next(600, 6000) * 1000L) + random.Next(1000);
            long step = random.Next(1, 300) * 1000L;
            MatrixValue matrix;
            try
            {
                matrix = (MatrixValue)engine.Range(query, start, start + (7 * step), step, cancel).Value;
            }
            catch (PromqlException)
            {
                continue;
            }
            for (int k = 0; k < 8; k++)
            {
                long time = start + (k * step);
                var instant = engine.Instant(query, time, cancel).Value;
                var expected = instant is ScalarValue scalar ? [new VectorSample(Labels.Empty, time, scalar.Value)] : ((VectorValue)instant).Samples;
                var got = matrix.Series.SelectMany(s => s.Points.Where(p => p.Time == time).Select(p => (s.Labels, p.Value))).ToDictionary(p => p.Labels, p => p.Value);
                Assert.True(expected.Count == got.Count, $"{query} at {time}: {expected.Count} against {got.Count}");
                foreach (var sample in expected)
                    Assert.True(got.TryGetValue(sample.Labels, out double value) && Script.Close(sample.Value, value), $"{query} at {time} {sample.Labels}: {sample.Value} against {value}");
                compared += expected.Count;
            }
        }
        Assert.True(compared > 1000, $"only {compared} samples compared");
    }

    [Fact]
    public void A_rate_is_what_its_definition_says()
    {
        var cancel = TestContext.Current.CancellationToken;
        var random = new Random(11);
        for (int round = 0; round < 200; round++)
        {
            var samples = new List<(long Time, double Value)>();
            double value = random.Next(5) * 100;
            for (long time = random.Next(60_000); time < 1_200_000; time += random.Next(1, 60) * 1000L + random.Next(1000))
            {
                value = random.Next(12) == 0 ? random.Next(50) : value + random.Next(200);
                samples.Add((time, value));
            }
            var source = new MemorySeriesSource();
            foreach (var (time, v) in samples) source.Add(Labels.Of("c_total"), time, v);
            var engine = new PromqlEngine(source);
            long range = random.Next(10, 600) * 1000L, at = random.Next(100, 1300) * 1000L;
            double? expected = NaiveIncrease(samples, at, range);
            var result = ((VectorValue)engine.Instant($"increase(c_total[{range}ms])", at, cancel).Value).Samples;
            if (expected is null) Assert.Empty(result);
            else Assert.True(Script.Close(expected.Value, Assert.Single(result).Value), $"{expected} against {result[0].Value}");
            var rate = ((VectorValue)engine.Instant($"rate(c_total[{range}ms])", at, cancel).Value).Samples;
            if (expected is not null) Assert.True(Script.Close(expected.Value / (range / 1000.0), rate[0].Value));
        }
    }

    private static double? NaiveIncrease(List<(long Time, double Value)> samples, long at, long range)
    {
        var within = samples.Where(s => s.Time > at - range && s.Time <= at).ToList();
        if (within.Count < 2) return null;
        double increase = 0;
        for (int i = 1; i < within.Count; i++)
            increase += within[i].Value >= within[i - 1].Value ? within[i].Value - within[i - 1].Value : within[i].Value;
        double sampled = (within[^1].Time - within[0].Time) / 1000.0, average = sampled / (within.Count - 1);
        double before = (within[0].Time - (at - range)) / 1000.0, after = (at - within[^1].Time) / 1000.0;
        if (before >= average * 1.1) before = average / 2;
        if (after >= average * 1.1) after = average / 2;
        if (increase > 0) before = Math.Min(before, sampled * within[0].Value / increase);
        return increase * (sampled + before + after) / sampled;
    }

    [Fact]
    public void Functions_over_time_are_what_their_definitions_say()
    {
        var cancel = TestContext.Current.CancellationToken;
        var random = new Random(13);
        for (int round = 0; round < 40; round++)
        {
            var samples = new List<(long Time, double Value)>();
            int count = random.Next(1, 2000);
            for (int i = 0; i < count; i++)
            {
                double value = random.Next(40) == 0 ? double.NaN : Math.Round((random.NextDouble() - 0.3) * 1000, random.Next(4));
                if (round % 3 != 0 && double.IsNaN(value)) value = 1;
                samples.Add((i * 1000L, value));
            }
            var source = new MemorySeriesSource();
            foreach (var (time, v) in samples) source.Add(Labels.Of("m"), time, v);
            var engine = new PromqlEngine(source, new PromqlOptions { Features = PromqlFeatures.AllSyntax });
            long range = random.Next(1, 1500) * 1000L, start = random.Next(1, 500) * 1000L, step = random.Next(1, 100) * 1000L;
            foreach (var (name, definition) in Definitions)
            {
                var matrix = (MatrixValue)engine.Range(name.EndsWith("0.3", StringComparison.Ordinal) ? $"quantile_over_time(0.3, m[{range}ms])" : $"{name}(m[{range}ms])", start, start + (20 * step), step, cancel).Value;
                var points = matrix.Series.SelectMany(s => s.Points).ToDictionary(p => p.Time, p => p.Value);
                for (int k = 0; k <= 20; k++)
                {
                    long at = start + (k * step);
                    double[] within = [.. samples.Where(s => s.Time > at - range && s.Time <= at).Select(s => s.Value)];
                    if (within.Length == 0)
                    {
                        Assert.False(points.ContainsKey(at));
                        continue;
                    }
                    double expected = definition(within), got = points[at];
                    Assert.True(Script.Close(expected, got) || Math.Abs(expected - got) < 1e-9 * within.Where(v => !double.IsNaN(v)).Select(v => Math.Abs(v) * Math.Abs(v)).DefaultIfEmpty(0).Max(), $"{name} of {within.Length} values: {expected} against {got}");
                }
            }
        }
    }

    private static readonly (string Name, Func<double[], double> Definition)[] Definitions =
    [
        ("sum_over_time", v => v.Sum()),
        ("avg_over_time", v => v.Average()),
        ("min_over_time", v => v.Any(x => !double.IsNaN(x)) ? v.Where(x => !double.IsNaN(x)).Min() : double.NaN),
        ("max_over_time", v => v.Any(x => !double.IsNaN(x)) ? v.Where(x => !double.IsNaN(x)).Max() : double.NaN),
        ("count_over_time", v => v.Length),
        ("stdvar_over_time", v =>
        {
            double mean = v.Average();
            return v.Select(x => (x - mean) * (x - mean)).Average();
        }),
        ("last_over_time", v => v[^1]),
        ("changes", v => Enumerable.Range(1, v.Length - 1).Count(i => v[i] != v[i - 1] && !(double.IsNaN(v[i]) && double.IsNaN(v[i - 1])))),
        ("resets", v => Enumerable.Range(1, v.Length - 1).Count(i => v[i] < v[i - 1])),
        ("quantile_over_time0.3", v => Quantile(0.3, v)),
        ("mad_over_time", v =>
        {
            double median = Quantile(0.5, v);
            return Quantile(0.5, [.. v.Select(x => Math.Abs(x - median))]);
        }),
    ];

    private static double Quantile(double q, double[] values)
    {
        double[] sorted = [.. values.OrderBy(v => v)];
        double rank = q * (sorted.Length - 1);
        int low = (int)rank, high = Math.Min(low + 1, sorted.Length - 1);
        return (sorted[low] * (1 - (rank - low))) + (sorted[high] * (rank - low));
    }
}
