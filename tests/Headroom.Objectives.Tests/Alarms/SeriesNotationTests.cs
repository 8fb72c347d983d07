using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms.Testing;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class SeriesNotationTests
{
    [Theory]
    [InlineData("1 2 3", "0:1 1:2 2:3")]
    [InlineData("0+10x3", "0:0 1:10 2:20 3:30")]
    [InlineData("10-1x2", "0:10 1:9 2:8")]
    [InlineData("7x2", "0:7 1:7 2:7")]
    [InlineData("1 _ 3", "0:1 2:3")]
    [InlineData("1 _x3 5", "0:1 4:5")]
    [InlineData("-2-1x1", "0:-2 1:-3")]
    [InlineData("1e3+1e-1x1", "0:1000 1:1000.1")]
    [InlineData("NaN Inf -Inf", "0:NaN 1:Infinity 2:-Infinity")]
    [InlineData("  1\n 2 ", "0:1 1:2")]
    public void Values_are_those_of_promtool(string values, string expected) => Assert.Equal(expected, Read(values));

    [Fact]
    public void Stale_ends_a_series()
    {
        var source = new MemorySeriesSource();
        SeriesNotation.Load("1 stale", Labels.Of("x"), 60_000, source);
        Assert.Empty(((VectorValue)new PromqlEngine(source).Instant("x", 60_000, TestContext.Current.CancellationToken).Value).Samples);
    }

    [Fact]
    public void Native_histograms_rise_by_another()
    {
        var source = new MemorySeriesSource();
        SeriesNotation.Load("{{schema:0 count:4 sum:5 buckets:[1 2 1]}}+{{schema:0 count:4 sum:5 buckets:[1 2 1]}}x10", Labels.Of("h"), 60_000, source);
        var engine = new PromqlEngine(source);
        Assert.Equal(44, ((VectorValue)engine.Instant("histogram_count(h)", 600_000, TestContext.Current.CancellationToken).Value).Samples[0].Value);
        Assert.Equal(0.75, ((VectorValue)engine.Instant("histogram_fraction(-Inf, 2, increase(h[5m]))", 600_000, TestContext.Current.CancellationToken).Value).Samples[0].Value, 6);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1x")]
    [InlineData("1+x3")]
    [InlineData("1+2")]
    [InlineData("1x-2")]
    [InlineData("{{")]
    [InlineData("{{schema:0}}-{{schema:0}}x2")]
    [InlineData("{{nonsense:1}}")]
    [InlineData("1x99999999")]
    [InlineData("_x99999999999")]
    public void What_is_no_value_is_refused(string values) => Assert.Throws<FormatException>(() => Read(values));

    [Fact]
    public void Whatever_the_text_the_answer_is_values_or_a_reason()
    {
        var random = new Random(11);
        string[] pieces = ["1", "0", "x", "+", "-", "_", "stale", "NaN", " ", "{{", "}}", "schema:", "buckets:[", "]", "3", ".", "e", "count:", "é", "\0"];
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Read(text);
            }
            catch (FormatException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    private static string Read(string values)
    {
        var source = new MemorySeriesSource();
        SeriesNotation.Load(values, Labels.Of("x"), 1, source);
        var buffer = new SampleBuffer();
        foreach (var series in source.Select([], 0, long.MaxValue)) series.Read(0, long.MaxValue, buffer);
        var text = new List<string>();
        for (int i = 0; i < buffer.Count; i++) text.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{buffer.Times[i]}:{buffer.Values[i]}"));
        return string.Join(' ', text);
    }
}
