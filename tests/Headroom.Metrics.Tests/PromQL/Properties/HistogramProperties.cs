using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Properties;

public sealed class HistogramProperties
{
    private static Histogram Random(Random random, int? scale = null)
    {
        int resolution = scale ?? random.Next(-2, 7);
        double threshold = random.Next(2) == 0 ? 0.001 : 1e-6;
        Buckets Run(int max)
        {
            int count = random.Next(max);
            // No producer keeps a bucket within its zero bucket.
            int[] indexes = [.. Enumerable.Range(0, count).Select(_ => random.Next(-20, 40)).Where(i => Bounds.Exponential(resolution, i) >= threshold).Distinct().Order()];
            return new Buckets(indexes, [.. indexes.Select(_ => (double)random.Next(0, 20))]);
        }
        var (positive, negative) = (Run(12), random.Next(2) == 0 ? Buckets.Empty : Run(6));
        double zero = random.Next(4);
        return new Histogram
        {
            Scale = resolution,
            ZeroThreshold = threshold,
            ZeroCount = zero,
            Positive = positive,
            Negative = negative,
            Count = zero + positive.Counts.Sum() + negative.Counts.Sum(),
            Sum = random.Next(-100, 100),
        };
    }

    [Fact]
    public void A_quantile_lies_where_the_fraction_below_it_says()
    {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            var h = Random(random);
            if (h.Count == 0) continue;
            double q = random.NextDouble();
            double value = HistogramStatistics.Quantile(q, h, out _);
            Assert.True(Math.Abs(HistogramStatistics.Fraction(double.NegativeInfinity, value, h) - q) < 1e-9, $"{q}: {value} of {HistogramText.Write(h)}");
        }
    }

    [Fact]
    public void A_quantile_is_the_formula_worked_out_directly()
    {
        var random = new Random(4);
        for (int i = 0; i < 2000; i++)
        {
            int scale = random.Next(0, 7);
            int[] indexes = [.. Enumerable.Range(0, 8).Select(_ => random.Next(-30, 30)).Distinct().Order()];
            double[] counts = [.. indexes.Select(_ => (double)random.Next(1, 30))];
            var h = new Histogram { Scale = scale, Positive = new Buckets(indexes, counts), Count = counts.Sum(), Sum = 1 };
            double q = random.NextDouble(), rank = q * h.Count, below = 0;
            int at = 0;
            while (below + counts[at] < rank) below += counts[at++];
            // 2^((index + fraction) / 2^scale)
            double expected = Math.Pow(2, (indexes[at] + ((rank - below) / counts[at])) / Math.Pow(2, scale));
            Assert.True(Script.Close(expected, HistogramStatistics.Quantile(q, h, out _)));
        }
    }

    [Fact]
    public void A_classic_quantile_is_the_formula_worked_out_directly()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            double[] bounds = [.. Enumerable.Range(0, 8).Select(_ => Math.Round(random.NextDouble() * 10, 2) + 0.01).Distinct().Order()];
            double total = 0;
            double[] cumulative = [.. bounds.Append(double.PositiveInfinity).Select(_ => total += random.Next(1, 30))];
            var buckets = bounds.Append(double.PositiveInfinity).Zip(cumulative, (b, c) => new ClassicBucket(b, c)).OrderBy(_ => random.Next()).ToList();
            double q = random.NextDouble(), rank = q * total;
            int at = Array.FindIndex(cumulative, c => c >= rank);
            double expected = at == bounds.Length ? bounds[^1]
                : (at == 0 ? 0 : bounds[at - 1]) + ((bounds[at] - (at == 0 ? 0 : bounds[at - 1])) * (rank - (at == 0 ? 0 : cumulative[at - 1])) / (cumulative[at] - (at == 0 ? 0 : cumulative[at - 1])));
            Assert.True(Script.Close(expected, ClassicHistogram.Quantile(q, buckets, out bool forced)));
            Assert.False(forced);
        }
    }

    [Fact]
    public void Adding_is_commutative_and_taken_back_by_subtracting()
    {
        var random = new Random(6);
        for (int i = 0; i < 2000; i++)
        {
            Histogram a = Random(random), b = Random(random);
            var sum = HistogramArithmetic.Add(a, b, out _)!;
            Assert.True(HistogramArithmetic.AreEqual(sum, HistogramArithmetic.Add(b, a, out _)!));
            Assert.Equal(a.Count + b.Count, sum.Count);
            Assert.Equal(sum.Count, sum.ZeroCount + sum.Positive.Counts.Sum() + sum.Negative.Counts.Sum());
            var back = HistogramArithmetic.Subtract(sum, b, out _)!;
            // What is left has the resolution and the zero bucket of the sum.
            var coarse = a.WidenZero(sum.ZeroThreshold).ToScale(sum.Scale);
            Assert.True(HistogramArithmetic.AreEqual(coarse, back), $"{HistogramText.Write(coarse)} {HistogramText.Write(back)}");
        }
    }

    [Fact]
    public void Summing_many_gives_what_adding_one_by_one_gives()
    {
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            var all = Enumerable.Range(0, random.Next(1, 20)).Select(_ => Random(random)).ToList();
            var one = all.Skip(1).Aggregate(all[0], (sum, h) => HistogramArithmetic.Add(sum, h, out _)!);
            var many = new HistogramSum(all[0]);
            foreach (var h in all.Skip(1)) Assert.True(many.Add(h));
            Assert.True(HistogramArithmetic.AreEqual(one, many.Total()));
        }
    }

    [Fact]
    public void A_counter_that_only_grows_was_not_reset()
    {
        var random = new Random(8);
        for (int i = 0; i < 2000; i++)
        {
            Histogram a = Random(random), more = Random(random, a.Scale);
            var grown = HistogramArithmetic.Add(a, more, out _)!;
            Assert.False(HistogramArithmetic.DetectReset(grown, a), $"{HistogramText.Write(a)} {HistogramText.Write(grown)}");
            if (more.Count > 0 && grown.ZeroThreshold == a.ZeroThreshold) Assert.True(HistogramArithmetic.DetectReset(a, grown));
            // Counting on at a lower resolution is no reset either.
            Assert.False(HistogramArithmetic.DetectReset(grown.ToScale(a.Scale - 1), a));
        }
    }

    [Fact]
    public void Trimming_at_a_value_splits_the_count()
    {
        var random = new Random(9);
        for (int i = 0; i < 1000; i++)
        {
            var h = Random(random);
            double value = (random.NextDouble() - 0.3) * 20;
            var (below, above) = (HistogramTrim.Trim(h, value, upper: true), HistogramTrim.Trim(h, value, upper: false));
            Assert.True(Script.Close(h.Count, below.Count + above.Count));
            if (h.Count > 0) Assert.True(Math.Abs((below.Count / h.Count) - HistogramStatistics.Fraction(double.NegativeInfinity, value, h)) < 1e-9);
        }
    }

    [Fact]
    public void Native_and_classic_forms_of_the_same_bounds_agree()
    {
        var cancel = TestContext.Current.CancellationToken;
        var random = new Random(10);
        for (int i = 0; i < 200; i++)
        {
            double[] bounds = [.. Enumerable.Range(0, 5).Select(_ => Math.Round((random.NextDouble() * 10) + 0.1, 2)).Distinct().Order()];
            double[] counts = [.. Enumerable.Range(0, bounds.Length + 1).Select(_ => (double)random.Next(1, 20))];
            var source = new MemorySeriesSource();
            source.Add(Labels.Of("n"), 0, new Histogram { CustomBounds = bounds, Positive = new Buckets([.. Enumerable.Range(0, counts.Length)], counts), Count = counts.Sum(), Sum = 1 });
            double total = 0;
            for (int k = 0; k < counts.Length; k++)
                source.Add(Labels.Of("c", ("le", k == bounds.Length ? "+Inf" : bounds[k].ToString(System.Globalization.CultureInfo.InvariantCulture))), 0, total += counts[k]);
            var engine = new PromqlEngine(source);
            double q = Math.Round(random.NextDouble(), 3), low = Math.Round(random.NextDouble() * 8, 3);
            double Value(string expression) => Assert.Single(((VectorValue)engine.Instant(expression, 0, cancel).Value).Samples).Value;
            string Text(double v) => v.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(Script.Close(Value($"histogram_quantile({Text(q)}, n)"), Value($"histogram_quantile({Text(q)}, c)")));
            Assert.True(Script.Close(Value($"histogram_fraction({Text(low)}, {Text(low + 2)}, n)"), Value($"histogram_fraction({Text(low)}, {Text(low + 2)}, c)")));
        }
    }
}
