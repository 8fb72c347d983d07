using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Histograms;

public sealed class HistogramRecorderTests
{
    [Fact]
    public void Zero_of_either_sign_counts_in_the_zero_bucket()
    {
        var histogram = HistogramData.Of(0.0, -0.0, 1);
        Assert.Equal(2, histogram.ZeroCount);
        Assert.Equal(3, histogram.Count);
        Assert.Equal(0, histogram.ZeroThreshold);
    }

    [Fact]
    public void Negative_values_count_by_magnitude()
    {
        var histogram = HistogramData.Of(-2, -2, 4);
        Assert.Equal([63], histogram.Negative.Indexes);
        Assert.Equal([2], histogram.Negative.Counts);
        Assert.Equal([127], histogram.Positive.Indexes);
        Assert.Equal(0, histogram.Sum);
    }

    [Fact]
    public void Infinite_and_NaN_values_are_counted_apart_and_change_nothing()
    {
        var recorder = new HistogramRecorder();
        Assert.True(recorder.Record(1));
        Assert.False(recorder.Record(double.NaN));
        Assert.False(recorder.Record(double.PositiveInfinity));
        Assert.False(recorder.Record(double.NegativeInfinity));
        Assert.Equal(3, recorder.NotRecorded);
        Assert.Equal(1, recorder.Count);
        Assert.Equal((1, 1, 1), (recorder.Sum, recorder.Min, recorder.Max));
        Assert.Equal(HistogramData.Of(1), recorder.ToHistogram());
    }

    [Fact]
    public void Minimum_and_maximum_are_exact()
    {
        var recorder = new HistogramRecorder();
        Assert.True(double.IsNaN(recorder.Min) && double.IsNaN(recorder.Max));
        foreach (double value in (double[])[0.123456789, -7.7, 3.3]) recorder.Record(value);
        Assert.Equal((-7.7, 3.3), (recorder.Min, recorder.Max));
    }

    [Fact]
    public void Recording_a_count_is_recording_that_many_times()
    {
        var once = new HistogramRecorder();
        once.Record(0.25, 40);
        Assert.Equal(HistogramData.Of(Enumerable.Repeat(0.25, 40)), once.ToHistogram());
        Assert.Throws<ArgumentOutOfRangeException>(() => once.Record(1, 0));
    }

    [Fact]
    public void More_than_4096_buckets_lower_the_scale_and_lose_no_count()
    {
        var recorder = new HistogramRecorder();
        var random = new Random(21);
        var values = Enumerable.Range(0, 20_000).Select(_ => HistogramData.AnyPositive(random) * (random.Next(2) == 0 ? 1 : -1)).ToArray();
        foreach (double value in values) recorder.Record(value);
        var histogram = recorder.ToHistogram();
        Assert.True(recorder.TimesDownscaled > 0);
        Assert.Equal(6 - recorder.TimesDownscaled, histogram.Scale);
        Assert.InRange(histogram.Positive.Indexes.Length + histogram.Negative.Indexes.Length, 1, 4096);
        Assert.Equal(values.Length, histogram.BucketedCount);
    }

    [Fact]
    public void Buckets_are_those_of_the_values_whatever_the_order()
    {
        var random = new Random(22);
        var values = Enumerable.Range(0, 5000).Select(_ => HistogramData.Lognormal(random, 2)).ToArray();
        var histogram = HistogramData.Of(values);
        var expected = values.GroupBy(value => ExponentialBuckets.IndexOf(value, 6)).OrderBy(group => group.Key).ToArray();
        Assert.Equal(expected.Select(group => group.Key), histogram.Positive.Indexes);
        Assert.Equal(expected.Select(group => (double)group.Count()), histogram.Positive.Counts);
    }

    [Fact]
    public void A_cleared_recorder_is_as_new()
    {
        var recorder = new HistogramRecorder();
        foreach (double value in (double[])[1, -2, 0, double.NaN, 1e300]) recorder.Record(value);
        recorder.Clear();
        Assert.Equal(HistogramData.Of(), recorder.ToHistogram());
        Assert.Equal((0, 0, double.NaN), (recorder.Count, recorder.NotRecorded, recorder.Min));
        recorder.Record(3);
        Assert.Equal(HistogramData.Of(3), recorder.ToHistogram());
    }

    [Fact]
    public void Recording_allocates_nothing_once_its_buckets_exist()
    {
        var random = new Random(23);
        var values = Enumerable.Range(0, 10_000).Select(_ => HistogramData.Lognormal(random, 0.8)).ToArray();
        var recorder = new HistogramRecorder();
        foreach (double value in values) recorder.Record(value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (double value in values) recorder.Record(value);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
