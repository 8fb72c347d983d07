using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Ingest.RemoteWrite;

public sealed class NativeHistogramTests
{
    private const long Now = Writes.Now;

    private static Writes.Outcome Read(V1.Histogram histogram)
    {
        var series = Writes.SeriesV1(("__name__", "h"));
        series.Histograms.Add(histogram);
        return Writes.Receiver().Read(Writes.RequestV1(series));
    }

    private static V1.BucketSpan Span(int offset, uint length) => new() { Offset = offset, Length = length };

    [Fact]
    public void An_integer_histogram_counts_by_deltas_and_its_buckets_are_one_lower_here()
    {
        var got = Read(new V1.Histogram
        {
            CountInt = 12, Sum = 18.4, Schema = 1, ZeroThreshold = 0.001, ZeroCountInt = 2, Timestamp = Now, ResetHint = V1.ResetHint.Yes,
            PositiveSpans = { Span(0, 2), Span(1, 2) }, PositiveDeltas = { 1, 1, -1, 0 },
            NegativeSpans = { Span(-3, 2) }, NegativeDeltas = { 5, -5 },
        });
        var histogram = Assert.Single(got.Histograms);
        Assert.Equal(Now, histogram.Time);
        Assert.Equal(new Histogram
        {
            Scale = 1, Count = 12, Sum = 18.4, ZeroThreshold = 0.001, ZeroCount = 2, Reset = ResetHint.CounterReset,
            Positive = new Buckets([-1, 0, 2, 3], [1, 2, 1, 1]), Negative = new Buckets([-4], [5]),
        }, histogram.Value);
    }

    [Fact]
    public void A_float_histogram_has_absolute_counts()
    {
        var got = Read(new V1.Histogram { CountFloat = 3.5, Sum = 1, Schema = 3, PositiveSpans = { Span(5, 3) }, PositiveCounts = { 1.5, 0, 2 }, ResetHint = V1.ResetHint.Gauge });
        var histogram = Assert.Single(got.Histograms).Value;
        Assert.Equal((3.5, ResetHint.Gauge), (histogram.Count, histogram.Reset));
        Assert.Equal([4, 6], histogram.Positive.Indexes);
        Assert.Equal([1.5, 2], histogram.Positive.Counts);
    }

    [Fact]
    public void Custom_bounds_are_kept_and_their_buckets_count_from_zero()
    {
        var got = Read(new V1.Histogram { CountInt = 6, Sum = 9, Schema = -53, CustomValues = { 0.1, 1, 10 }, PositiveSpans = { Span(1, 3) }, PositiveDeltas = { 1, 1, 1 } });
        var histogram = Assert.Single(got.Histograms).Value;
        Assert.Equal([0.1, 1, 10], histogram.CustomBounds!);
        Assert.Equal([1, 2, 3], histogram.Positive.Indexes);
        Assert.Equal([1, 2, 3], histogram.Positive.Counts);
    }

    [Fact]
    public void A_stale_histogram_needs_no_buckets() =>
        Assert.True(Assert.Single(Read(new V1.Histogram { Sum = StaleMarker.Value, Schema = 3, CountInt = 7 }).Histograms).Value.IsStale);

    [Fact]
    public void NaN_observations_are_in_the_count_and_in_no_bucket()
    {
        var got = Read(new V1.Histogram { CountInt = 5, Sum = double.NaN, Schema = 0, PositiveSpans = { Span(1, 1) }, PositiveDeltas = { 3 } });
        Assert.Equal(5, Assert.Single(got.Histograms).Value.Count);
    }

    public static TheoryData<V1.Histogram> Contradictions() =>
    [
        new V1.Histogram { CountInt = 3, Schema = 0, PositiveSpans = { Span(0, 2) }, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 3, Schema = 0, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 3, Schema = 0, PositiveSpans = { Span(0, uint.MaxValue) }, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 4, Schema = 0, PositiveSpans = { Span(0, 1) }, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 3, Schema = 0, PositiveSpans = { Span(0, 2) }, PositiveDeltas = { 5, -7 } },
        new V1.Histogram { CountInt = 3, Schema = 0, PositiveSpans = { Span(0, 1), Span(-1, 1) }, PositiveDeltas = { 1, 1 } },
        new V1.Histogram { CountInt = 3, Schema = 0, PositiveSpans = { Span(int.MaxValue, 1) }, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 3, Schema = -5, PositiveSpans = { Span(0, 1) }, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 3, Schema = 21, PositiveSpans = { Span(0, 1) }, PositiveDeltas = { 3 } },
        new V1.Histogram { CountInt = 0, Schema = 0, ZeroThreshold = -1 },
        new V1.Histogram { CountInt = 0, Schema = 0, ZeroThreshold = double.NaN },
        new V1.Histogram { CountFloat = double.NaN, Schema = 0 },
        new V1.Histogram { CountFloat = -1, Schema = 0 },
        new V1.Histogram { CountFloat = 1, Schema = 0, PositiveSpans = { Span(0, 1) }, PositiveCounts = { double.NaN } },
        new V1.Histogram { CountInt = 1, Schema = -53, CustomValues = { 1, 1 }, PositiveSpans = { Span(0, 1) }, PositiveDeltas = { 1 } },
        new V1.Histogram { CountInt = 1, Schema = -53, CustomValues = { double.PositiveInfinity }, PositiveSpans = { Span(0, 1) }, PositiveDeltas = { 1 } },
        new V1.Histogram { CountInt = 1, Schema = -53, CustomValues = { 1 }, PositiveSpans = { Span(2, 1) }, PositiveDeltas = { 1 } },
        new V1.Histogram { CountInt = 1, Schema = -53, CustomValues = { 1 }, ZeroCountInt = 1 },
        new V1.Histogram { CountInt = 1, Schema = -53, CustomValues = { 1 }, NegativeSpans = { Span(0, 1) }, NegativeDeltas = { 1 } },
    ];

    [Theory, MemberData(nameof(Contradictions))]
    public void A_histogram_that_contradicts_itself_is_named_and_its_neighbours_are_kept(V1.Histogram bad)
    {
        var series = Writes.SeriesV1(("__name__", "h"));
        series.Histograms.Add(new V1.Histogram { CountInt = 1, Sum = 1, PositiveSpans = { Span(1, 1) }, PositiveDeltas = { 1 }, Timestamp = Now });
        series.Histograms.Add(bad);
        var got = Writes.Receiver().Read(Writes.RequestV1(series));
        Assert.Single(got.Histograms);
        Assert.Equal((1, "invalid-histogram"), (got.Invalid, Assert.Single(got.Codes)));
    }

    [Fact]
    public void More_buckets_than_may_be_kept_lower_the_scale()
    {
        var histogram = new V1.Histogram { CountInt = 6000, Sum = 1, Schema = 8, PositiveSpans = { Span(1, 6000) } };
        histogram.PositiveDeltas.Add(1);
        for (int i = 1; i < 6000; i++) histogram.PositiveDeltas.Add(0);
        var got = Assert.Single(Read(histogram).Histograms).Value;
        Assert.Equal((7, 3000, 6000), (got.Scale, got.Positive.Indexes.Length, got.Count));
    }

    [Fact]
    public void A_start_is_an_empty_histogram()
    {
        var write = new Writes.BuilderV2();
        write.Series(("__name__", "h")).Histograms.Add(new V2.Histogram
        {
            CountInt = 3, Sum = 3, Schema = 4, Timestamp = Now, StartTimestamp = Now - 60_000, PositiveSpans = { new V2.BucketSpan { Offset = 1, Length = 1 } }, PositiveDeltas = { 3 },
        });
        var start = Assert.Single(Writes.Receiver().Read(write.Request).HistogramStarts);
        Assert.Equal((Now - 60_000, 0, 4), (start.Time, start.Value.Count, start.Value.Scale));
    }
}
