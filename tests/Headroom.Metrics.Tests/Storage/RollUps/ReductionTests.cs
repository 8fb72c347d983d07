using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.RollUps;

public sealed class ReductionTests
{
    [Fact]
    public void Of_a_counter_the_first_and_last_of_each_interval_and_both_sides_of_a_reset_stay()
    {
        // Intervals of ten, open on the left: (0,10], (10,20].
        var kept = Reduce(SeriesNature.Counter, (1, 1), (3, 2), (4, 3), (5, 1), (6, 2), (7, 3), (10, 4), (11, 5), (15, 6), (20, 7));
        Assert.Equal("1=1 4=3 5=1 10=4 11=5 20=7", kept);
    }

    [Fact]
    public void Of_a_gauge_the_last_of_each_interval_stays() =>
        Assert.Equal("10=4 20=7", Reduce(SeriesNature.Gauge, (1, 1), (4, 3), (5, 1), (10, 4), (11, 9), (15, 6), (20, 7)));

    [Fact]
    public void A_stale_marker_stays_where_an_interval_ends_with_it() =>
        Assert.Equal("4=3 10=NaN 20=7", Reduce(SeriesNature.Gauge, (1, 1), (4, 3), (10, StaleMarker.Value), (11, StaleMarker.Value), (20, 7)));

    [Fact]
    public void Aggregates_leave_out_stale_markers_and_take_nan_for_an_extreme_only_when_there_is_nothing_else()
    {
        var (times, rows) = (new List<long>(), new List<AggregateRow>());
        Reduction.Aggregates(Buffer((1, 5), (2, double.NaN), (3, 2), (9, StaleMarker.Value), (12, double.NaN), (21, StaleMarker.Value)), 10, times, rows);
        Assert.Equal([3, 12], times);
        Assert.Equal([new AggregateRow(2, 5, double.NaN, 3), new AggregateRow(double.NaN, double.NaN, double.NaN, 1)], rows);
    }

    [Theory]
    [InlineData("http_requests_total", null, null, SeriesNature.Counter)]
    [InlineData("latency_bucket", null, null, SeriesNature.Counter)]
    [InlineData("queue_sum", null, null, SeriesNature.Counter)]
    [InlineData("temperature", null, null, SeriesNature.Unsure)]
    [InlineData("temperature", "temperature", "gauge", SeriesNature.Gauge)]
    [InlineData("requests", "requests", "counter", SeriesNature.Counter)]
    [InlineData("odd_total", "odd_total", "gauge", SeriesNature.Gauge)]
    [InlineData("odd_total", "odd", "counter", SeriesNature.Counter)]
    [InlineData("latency_count", "latency", "summary", SeriesNature.Counter)]
    [InlineData("latency", "latency", "summary", SeriesNature.Gauge)]
    [InlineData("sizes_bucket", "sizes", "gaugehistogram", SeriesNature.Gauge)]
    [InlineData("queue", "queue", "unknown", SeriesNature.Unsure)]
    internal void Type_then_name_tell_a_counter_from_a_gauge(string metric, string? described, string? type, SeriesNature wanted)
    {
        var metadata = new MetadataTable(10);
        if (described is not null) metadata.Learn(new MetricMetadata(described, type!, "", ""));
        Assert.Equal(wanted, SeriesNatures.Of(metric, metadata));
    }

    [Fact]
    public void A_series_that_falls_often_is_a_gauge_and_one_that_falls_now_and_then_may_be_either()
    {
        Assert.Equal(SeriesNature.Gauge, SeriesNatures.ByBehaviour(Buffer([.. Enumerable.Range(1, 100).Select(i => ((long)i, (double)(i % 10)))])));
        Assert.Equal(SeriesNature.Unsure, SeriesNatures.ByBehaviour(Buffer([.. Enumerable.Range(1, 100).Select(i => ((long)i, (double)(i % 40)))])));
    }

    private static string Reduce(SeriesNature nature, params (long Time, double Value)[] samples)
    {
        var into = new SampleBuffer();
        Reduction.Samples(Buffer(samples), 10, nature, into);
        return string.Join(' ', Enumerable.Range(0, into.Count).Select(i => $"{into.Times[i]}={into.Values[i]}"));
    }

    private static SampleBuffer Buffer(params (long Time, double Value)[] samples)
    {
        var buffer = new SampleBuffer();
        foreach (var (time, value) in samples) buffer.Add(time, value);
        return buffer;
    }
}
