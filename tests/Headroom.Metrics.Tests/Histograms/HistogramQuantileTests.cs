using FsCheck;
using FsCheck.Fluent;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Histograms;

public sealed class HistogramQuantileTests
{
    private static readonly double[] Quantiles = [0, 0.001, 0.01, 0.07, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

    [Fact]
    public void Quantile_is_within_0_542_percent_of_nearest_rank_on_any_positive_data()
    {
        // Subnormal numbers are apart: there the grid of doubles itself is coarser than the bound.
        var positive = ArbMap.Default.GeneratorFor<NormalFloat>()
            .Select(number => Math.Abs(number.Get)).Where(value => value >= 2.3e-308);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(positive.NonEmptyListOf().ToArbitrary(), values =>
        {
            var sorted = values.Order().ToArray();
            var histogram = HistogramData.Of(sorted);
            return Quantiles.All(q => WithinBound(histogram.Quantile(q), HistogramData.NearestRank(sorted, q)));
        }));
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(0.8)]
    [InlineData(3)]
    [InlineData(0)]
    public void Quantile_holds_its_bound_on_random_data(double sigma)
    {
        var random = new Random(31);
        for (int round = 0; round < 40; round++)
        {
            var values = new double[random.Next(1, 3000)];
            // A sigma of zero stands for doubles of every size.
            for (int i = 0; i < values.Length; i++) values[i] = sigma == 0 ? HistogramData.AnyPositive(random) : HistogramData.Lognormal(random, sigma);
            var recorder = new HistogramRecorder();
            foreach (double value in values) recorder.Record(value);
            if (recorder.TimesDownscaled > 0) continue;
            Array.Sort(values);
            var histogram = recorder.ToHistogram();
            foreach (double q in Quantiles) Assert.True(WithinBound(histogram.Quantile(q), HistogramData.NearestRank(values, q)), $"{q} round {round}");
        }
    }

    [Fact]
    public void Quantile_holds_its_bound_after_merging_1000_histograms()
    {
        var random = new Random(32);
        var all = new List<double>();
        var parts = new List<Histogram>();
        for (int i = 0; i < 1000; i++)
        {
            double median = Math.Exp(random.NextDouble() * 6 - 3);
            var values = Enumerable.Range(0, random.Next(1, 120)).Select(_ => HistogramData.Lognormal(random, 0.8, median)).ToArray();
            all.AddRange(values);
            parts.Add(HistogramData.Of(values));
        }
        var merged = Histogram.Merge(parts);
        var sorted = all.Order().ToArray();
        Assert.Equal(6, merged.Scale);
        Assert.Equal(sorted.Length, merged.Count);
        for (double q = 0; q <= 1; q += 1.0 / 512)
            Assert.True(WithinBound(merged.Quantile(q), HistogramData.NearestRank(sorted, q)), $"{q}");
    }

    [Fact]
    public void Quantile_orders_negative_zero_and_positive_values()
    {
        var histogram = HistogramData.Of(-100, -1, 0, 1, 100);
        Assert.Equal([-100.0, -100, -1, 0, 1, 100], ((double[])[0, 0.2, 0.4, 0.6, 0.8, 1]).Select(q => Math.Round(histogram.Quantile(q) * 0.998)));
    }

    [Fact]
    public void Quantile_holds_its_bound_on_data_of_both_signs()
    {
        var random = new Random(33);
        var values = Enumerable.Range(0, 4001).Select(_ => HistogramData.Lognormal(random, 1) * (random.Next(3) - 1)).Order().ToArray();
        var histogram = HistogramData.Of(values);
        foreach (double q in Quantiles)
        {
            double exact = HistogramData.NearestRank(values, q);
            Assert.True(Math.Abs(histogram.Quantile(q) - exact) <= Math.Abs(exact) * HistogramData.Scale6Error);
        }
    }

    [Fact]
    public void Quantile_of_nothing_is_NaN() => Assert.True(double.IsNaN(new Histogram().Quantile(0.5)));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Quantile_outside_0_to_1_is_refused(double q) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HistogramData.Of(1).Quantile(q));

    [Fact]
    public void Quantile_of_fractional_counts_takes_the_bucket_that_reaches_the_rank()
    {
        var histogram = new Histogram { Scale = 0, Count = 0.3, Positive = new Buckets([0, 1, 2], [0.1, 0.1, 0.1]) };
        Assert.Equal(ExponentialBuckets.Midpoint(0, 0), histogram.Quantile(0));
        Assert.Equal(ExponentialBuckets.Midpoint(1, 0), histogram.Quantile(0.5));
        Assert.Equal(ExponentialBuckets.Midpoint(2, 0), histogram.Quantile(1));
    }

    [Fact]
    public void Quantile_between_custom_bounds_is_the_middle_and_at_the_open_end_the_bound()
    {
        var histogram = new Histogram { CustomBounds = [1, 2, 4], Count = 4, Positive = new Buckets([0, 1, 2, 3], [1, 1, 1, 1]) };
        Assert.Equal([0.5, 1.5, 3.0, 4.0], ((double[])[0.25, 0.5, 0.75, 1]).Select(histogram.Quantile));
    }

    [Fact]
    public void Bounds_enclose_the_data()
    {
        var random = new Random(34);
        for (int round = 0; round < 100; round++)
        {
            var values = Enumerable.Range(0, random.Next(1, 20)).Select(_ => HistogramData.Lognormal(random, 2) * (random.Next(3) - 1)).ToArray();
            var histogram = HistogramData.Of(values);
            Assert.InRange(values.Min(), histogram.LowerBound, histogram.LowerBound + Math.Abs(histogram.LowerBound) * 0.0109);
            Assert.InRange(values.Max(), histogram.UpperBound - Math.Abs(histogram.UpperBound) * 0.0110, histogram.UpperBound);
        }
        Assert.True(double.IsNaN(new Histogram().LowerBound) && double.IsNaN(new Histogram().UpperBound));
    }

    [Fact]
    public void Count_at_or_below_is_exact_at_powers_of_two_and_complements_count_above()
    {
        var random = new Random(35);
        var values = Enumerable.Range(0, 3000).Select(_ => HistogramData.Lognormal(random, 2, 1) * (random.Next(4) - 1)).ToArray();
        var histogram = HistogramData.Of(values);
        foreach (double limit in (double[])[-4, -0.5, 0, 0.25, 1, 2, 64])
        {
            Assert.Equal(values.Count(value => value <= limit), histogram.CountAtOrBelow(limit), 6);
            Assert.Equal(values.Count(value => value > limit), histogram.CountAbove(limit), 6);
        }
        Assert.Equal(values.Length, histogram.CountAtOrBelow(double.PositiveInfinity));
        Assert.Equal(0, histogram.CountAtOrBelow(double.NegativeInfinity));
        Assert.True(double.IsNaN(histogram.CountAbove(double.NaN)));
    }

    [Fact]
    public void Count_inside_a_bucket_grows_with_the_limit()
    {
        var histogram = new Histogram { Scale = 0, Count = 10, Positive = new Buckets([0], [10]) };
        Assert.Equal(5, histogram.CountAtOrBelow(Math.Sqrt(2)), 9);
        Assert.Equal(0, histogram.CountAtOrBelow(1));
        Assert.Equal(10, histogram.CountAtOrBelow(2));
    }

    private static bool WithinBound(double found, double exact) => Math.Abs(found - exact) <= exact * HistogramData.Scale6Error;
}
