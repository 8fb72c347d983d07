using Headroom.Metrics.PromQL;
using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Sources;

public sealed class MemorySeriesSourceTests
{
    private static SampleBuffer Read(MemorySeriesSource source, string selector, long from = long.MinValue, long to = long.MaxValue)
    {
        var buffer = new SampleBuffer();
        Assert.Single(source.Select(PromqlSyntax.ParseSelector(selector), from, to)).Read(from, to, buffer);
        return buffer;
    }

    [Fact]
    public void Samples_come_back_in_time_order_and_the_last_of_a_time_counts()
    {
        var source = new MemorySeriesSource();
        foreach (var (time, value) in ((long, double)[])[(3, 30), (1, 10), (2, 20), (1, 11), (3, 31), (1, 12)]) source.Add(Labels.Of("m"), time, value);
        var buffer = Read(source, "m");
        Assert.Equal([1L, 2, 3], buffer.Times.ToArray());
        Assert.Equal([12.0, 20, 31], buffer.Values.ToArray());
        Assert.Equal(6, source.SampleCount);
        Assert.Equal(1, source.SeriesCount);
    }

    [Fact]
    public void A_series_may_hold_floats_and_histograms()
    {
        var source = new MemorySeriesSource();
        source.Add(Labels.Of("m"), 2, 20);
        source.Add(Labels.Of("m"), 3, HistogramNotation.Parse("{{count:3}}"));
        source.Add(Labels.Of("m"), 1, 10);
        var buffer = Read(source, "m");
        Assert.Equal([1L, 2, 3], buffer.Times.ToArray());
        Assert.Null(buffer.HistogramAt(0));
        Assert.Equal(3, buffer.HistogramAt(2)!.Count);
    }

    [Fact]
    public void Only_the_time_range_is_read()
    {
        var source = new MemorySeriesSource();
        for (int i = 0; i < 10; i++) source.Add(Labels.Of("m"), i, i);
        Assert.Equal([3.0, 4, 5], Read(source, "m", 3, 5).Values.ToArray());
        Assert.Empty(source.Select(PromqlSyntax.ParseSelector("m"), 10, 20));
        Assert.Empty(source.Select(PromqlSyntax.ParseSelector("m"), -5, -1));
    }

    [Fact]
    public void Series_come_in_label_order()
    {
        var source = new MemorySeriesSource();
        foreach (string value in (string[])["b", "a", "c"]) source.Add(Labels.Of("m", ("x", value)), 0, 1);
        source.Add(Labels.Of("a"), 0, 1);
        Assert.Equal(["a", "m{x=\"a\"}", "m{x=\"b\"}", "m{x=\"c\"}"], source.Select([], 0, 0).Select(s => s.Labels.ToString()));
        source.Add(Labels.Of("b"), 0, 1);
        Assert.Equal(5, source.Select([], 0, 0).Count);
    }

    [Fact]
    public async Task Queries_may_run_side_by_side()
    {
        var source = new MemorySeriesSource();
        for (int s = 0; s < 50; s++)
            for (int i = 100; i > 0; i--) source.Add(Labels.Of("m", ("x", $"{s}")), i * 1000, i);
        var engine = new PromqlEngine(source);
        var cancel = TestContext.Current.CancellationToken;
        double[] sums = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => ((VectorValue)engine.Instant("sum(sum_over_time(m[10m]))", 200_000, cancel).Value).Samples[0].Value, cancel)));
        Assert.All(sums, sum => Assert.Equal(50 * 5050, sum));
    }
}
