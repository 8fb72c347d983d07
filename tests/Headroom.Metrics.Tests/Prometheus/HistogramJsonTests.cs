using System.Text.Json;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Histograms;

namespace Headroom.Metrics.Tests.Prometheus;

public sealed class HistogramJsonTests
{
    [Fact]
    public void A_histogram_that_the_api_writes_is_read_back_the_same()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var recorder = new HistogramRecorder();
            int count = random.Next(1, 200);
            double spread = Math.Exp(random.NextDouble() * 5), middle = (random.NextDouble() - 0.5) * 60;
            for (int i = 0; i < count; i++)
            {
                double value = Math.Exp(((random.NextDouble() - 0.5) * spread) + middle);
                recorder.Record(random.Next(4) switch { 0 => -value, 1 when seed % 2 == 0 => 0, _ => value });
            }
            var written = recorder.ToHistogram().ToScale(random.Next(-4, 7));
            var read = RoundTrip(written);
            // Only a bucket tells the resolution.
            if (written.Positive.Indexes.Length + written.Negative.Indexes.Length > 0) Assert.Equal(written.Scale, read.Scale);
            Assert.Equal((written.Count, written.Sum, written.ZeroCount), (read.Count, read.Sum, read.ZeroCount));
            Assert.Equal(written.Positive.Indexes, read.Positive.Indexes);
            Assert.Equal(written.Positive.Counts, read.Positive.Counts);
            Assert.Equal(written.Negative.Indexes, read.Negative.Indexes);
            Assert.Equal(written.Negative.Counts, read.Negative.Counts);
        }
    }

    [Fact]
    public void Custom_buckets_keep_their_bounds_and_counts()
    {
        var read = RoundTrip(new Histogram { Count = 12, Sum = 30, CustomBounds = [0.5, 1, 5], Positive = new Buckets([0, 1, 2, 3], [1, 2, 4, 5]) });
        Assert.Equal([0.5, 1, 5], read.CustomBounds!);
        Assert.Equal([0, 1, 2, 3], read.Positive.Indexes);
        Assert.Equal([1.0, 2, 4, 5], read.Positive.Counts);
    }

    [Fact]
    public void An_empty_histogram_is_one_too()
    {
        var read = RoundTrip(new Histogram { Scale = 3, Count = 0, Sum = double.NaN });
        Assert.Equal(0, read.Count);
        Assert.True(double.IsNaN(read.Sum));
        Assert.Empty(read.Positive.Indexes);
    }

    private static Histogram RoundTrip(Histogram histogram)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) PrometheusJson.WriteHistogram(json, histogram);
        using var document = JsonDocument.Parse(stream.ToArray());
        return HistogramJson.Read(document.RootElement);
    }
}
