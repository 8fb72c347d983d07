using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Histograms;

public sealed class HistogramMergingTests
{
    [Fact]
    public void Merging_is_commutative_and_associative()
    {
        var random = new Random(41);
        for (int round = 0; round < 300; round++)
        {
            var (a, b, c) = (Any(random), Any(random), Any(random));
            Assert.Equal(Histogram.Merge(a, b), Histogram.Merge(b, a));
            Assert.Equal(Histogram.Merge(Histogram.Merge(a, b), c), Histogram.Merge(a, Histogram.Merge(b, c)));
            Assert.Equal(Histogram.Merge(Histogram.Merge(a, b), c), Histogram.Merge([c, a, b]));
        }
    }

    [Fact]
    public void Merging_parts_is_recording_the_whole()
    {
        var random = new Random(42);
        for (int round = 0; round < 100; round++)
        {
            var values = Enumerable.Range(0, 300).Select(_ => (double)random.Next(-500, 5000)).ToArray();
            int cut = random.Next(values.Length);
            Assert.Equal(HistogramData.Of(values), Histogram.Merge(HistogramData.Of(values[..cut]), HistogramData.Of(values[cut..])));
        }
    }

    [Fact]
    public void Merging_is_associative_where_the_bucket_limit_lowers_the_scale()
    {
        var random = new Random(43);
        var parts = Enumerable.Range(0, 6).Select(_ => HistogramData.Of(Enumerable.Range(0, 1500).Select(_ => (double)(float)HistogramData.Lognormal(random, 60, 1)))).ToArray();
        var forward = parts.Aggregate(Histogram.Merge);
        var backward = parts.Reverse().Aggregate(Histogram.Merge);
        var many = Histogram.Merge(parts);
        Assert.True(forward.Scale < 6);
        Assert.InRange(forward.Positive.Indexes.Length, 2000, 4096);
        foreach (var other in (Histogram[])[backward, many])
        {
            Assert.Equal(forward.Scale, other.Scale);
            Assert.Equal(forward.Positive.Indexes, other.Positive.Indexes);
            Assert.Equal(forward.Positive.Counts, other.Positive.Counts);
        }
    }

    [Fact]
    public void The_lower_scale_wins_and_the_empty_histogram_changes_nothing()
    {
        var a = HistogramData.Of(1, 5, 9, -3, 0);
        Assert.Equal(3, Histogram.Merge(a, a.Downscale(3)).Scale);
        Assert.Equal(a, Histogram.Merge(a, HistogramData.Of()));
        Assert.Equal(6, Histogram.Merge([]).Scale);
    }

    [Fact]
    public void Downscaling_commutes_with_recording()
    {
        var random = new Random(44);
        var values = Enumerable.Range(0, 2000).Select(_ => HistogramData.AnyPositive(random) * (random.Next(2) * 2 - 1)).Take(1000).ToArray();
        var histogram = HistogramData.Of(values);
        for (int scale = 6; scale >= -4; scale--)
        {
            var coarse = histogram.Downscale(scale);
            var expected = values.Where(value => value > 0).GroupBy(value => ExponentialBuckets.IndexOf(value, scale)).OrderBy(group => group.Key).ToArray();
            Assert.Equal(expected.Select(group => group.Key), coarse.Positive.Indexes);
            Assert.Equal(expected.Select(group => (double)group.Count()), coarse.Positive.Counts);
            Assert.Equal(values.Length, coarse.BucketedCount);
            Assert.Equal(coarse, histogram.Downscale(Math.Min(6, scale + 1)).Downscale(scale));
        }
    }

    [Fact]
    public void Downscaling_only_goes_down()
    {
        var histogram = HistogramData.Of(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Downscale(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Downscale(-5));
        Assert.Throws<InvalidOperationException>(() => new Histogram { CustomBounds = [1] }.Downscale(-1));
    }

    [Fact]
    public void The_greater_zero_threshold_wins_and_swallows_the_buckets_below_it()
    {
        var wide = new Histogram { Scale = 0, ZeroThreshold = 1, ZeroCount = 5, Count = 5 };
        var narrow = new Histogram { Scale = 0, Count = 6, ZeroCount = 1, Positive = new Buckets([-3, -1, 0], [1, 1, 1]), Negative = new Buckets([-2, 4], [1, 1]) };
        var merged = Histogram.Merge(wide, narrow);
        Assert.Equal(1, merged.ZeroThreshold);
        Assert.Equal(9, merged.ZeroCount);
        Assert.Equal([0], merged.Positive.Indexes);
        Assert.Equal([4], merged.Negative.Indexes);
        Assert.Equal(11, merged.Count);
    }

    [Fact]
    public void A_zero_threshold_inside_a_populated_bucket_rises_to_its_upper_bound()
    {
        var wide = new Histogram { Scale = 0, ZeroThreshold = 1.5, ZeroCount = 5, Count = 5 };
        var narrow = new Histogram { Scale = 0, Count = 2, Positive = new Buckets([0, 1], [1, 1]) };
        var merged = Histogram.Merge(wide, narrow);
        Assert.Equal((2.0, 6.0), (merged.ZeroThreshold, merged.ZeroCount));
        Assert.Equal([1], merged.Positive.Indexes);
    }

    [Fact]
    public void Merging_with_zero_thresholds_does_not_depend_on_the_order_at_one_scale()
    {
        var random = new Random(45);
        for (int round = 0; round < 2000; round++)
        {
            var (a, b, c) = (WithThreshold(random), WithThreshold(random), WithThreshold(random));
            var expected = Histogram.Merge(Histogram.Merge(a, b), c);
            Assert.Equal(expected, Histogram.Merge(a, Histogram.Merge(b, c)));
            Assert.Equal(expected, Histogram.Merge([b, c, a]));
            Assert.Equal(a.BucketedCount + b.BucketedCount + c.BucketedCount, expected.BucketedCount);
        }
    }

    [Fact]
    public void Subtracting_an_earlier_cumulative_histogram_gives_what_came_between()
    {
        var random = new Random(46);
        for (int round = 0; round < 100; round++)
        {
            var (before, between) = (HistogramData.WholeNumbers(random), HistogramData.WholeNumbers(random));
            Assert.Equal(between, Histogram.Subtract(Histogram.Merge(before, between), before));
        }
    }

    [Fact]
    public void Subtracting_across_a_reset_gives_null()
    {
        Assert.Null(Histogram.Subtract(HistogramData.Of(1), HistogramData.Of(1, 2)));
        Assert.Null(Histogram.Subtract(HistogramData.Of(1, 1, 1), HistogramData.Of(2)));
        Assert.Null(Histogram.Subtract(HistogramData.Of(1, 1, 1), HistogramData.Of(0.0)));
    }

    [Fact]
    public void Custom_bounds_merge_only_with_the_same_bounds()
    {
        var a = new Histogram { CustomBounds = [1, 2], Count = 3, Sum = 4, Positive = new Buckets([0, 2], [1, 2]) };
        var b = new Histogram { CustomBounds = [1, 2], Count = 1, Sum = 2, Positive = new Buckets([1], [1]) };
        var merged = Histogram.Merge(a, b);
        Assert.Equal([0, 1, 2], merged.Positive.Indexes);
        Assert.Equal((4.0, 6.0), (merged.Count, merged.Sum));
        Assert.Equal(merged, Histogram.Merge([a, b]));
        Assert.Throws<ArgumentException>(() => Histogram.Merge(a, new Histogram { CustomBounds = [1, 3] }));
        Assert.Throws<ArgumentException>(() => Histogram.Merge([a, HistogramData.Of(1)]));
    }

    [Fact]
    public void Merging_into_known_buckets_allocates_nothing()
    {
        var random = new Random(47);
        var parts = Enumerable.Range(0, 50).Select(_ => HistogramData.Of(Enumerable.Range(0, 500).Select(_ => HistogramData.Lognormal(random, 0.8)))).ToArray();
        var merger = new HistogramMerger();
        for (int i = 0; i < 2; i++)
            foreach (var part in parts) merger.Add(part);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var part in parts) merger.Add(part);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Histogram Any(Random random)
    {
        var histogram = HistogramData.WholeNumbers(random, random.Next(0, 100));
        return histogram.Downscale(random.Next(0, 7));
    }

    private static Histogram WithThreshold(Random random)
    {
        int[] indexes = [.. Enumerable.Range(-6, 12).Where(_ => random.Next(3) == 0)];
        double threshold = random.Next(3) == 0 ? 0 : Math.Pow(2, random.NextDouble() * 3 - 2);
        // A histogram is consistent: nothing of its own lies under its zero threshold.
        indexes = [.. indexes.Where(index => ExponentialBuckets.LowerBound(index, 2) >= threshold)];
        var positive = new Buckets(indexes, [.. indexes.Select(_ => (double)random.Next(1, 9))]);
        return new Histogram { Scale = 2, ZeroThreshold = threshold, ZeroCount = random.Next(5), Count = positive.Counts.Sum(), Positive = positive };
    }
}
