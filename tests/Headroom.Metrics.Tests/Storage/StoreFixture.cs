using Headroom.Durable;
using Headroom.Durable.Tests.Files;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.Storage;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Storage;

/// <summary>
/// A store on a file system in memory, with a clock that stands still, and words for what tests do with it.
/// </summary>
public sealed class StoreFixture : IAsyncDisposable
{
    public const string Directory = "/store";

    public static readonly CancellationToken None = CancellationToken.None;

    /// <summary>2026-01-01T00:00:00Z, where the clock stands.</summary>
    public const long Now = 1_767_225_600_000;

    /// <summary>Milliseconds of a day.</summary>
    public const long Day = 86_400_000;

    public StoreFixture(MemoryFileLayer? files = null)
    {
        Files = files ?? new MemoryFileLayer();
        Clock = new VirtualTimeProvider();
        Options = new EmbeddedStoreOptions { Directory = Directory, Files = Files, TimeProvider = Clock, Background = false, SegmentBytes = 2000 };
        Store = null!;
    }

    public MemoryFileLayer Files { get; }

    public VirtualTimeProvider Clock { get; }

    public EmbeddedStoreOptions Options { get; set; }

    public EmbeddedStore Store { get; private set; }

    public static StoreFixture Opened(MemoryFileLayer? files = null, Func<EmbeddedStoreOptions, EmbeddedStoreOptions>? change = null)
    {
        var fixture = new StoreFixture(files);
        if (change is not null) fixture.Options = change(fixture.Options);
        fixture.Store = EmbeddedStore.Open(fixture.Options);
        return fixture;
    }

    public async Task Restart()
    {
        await Store.DisposeAsync();
        Store = EmbeddedStore.Open(Options);
    }

    public static Labels Of(string metric, string service = "shop") => Labels.Of(metric, ("service", service));

    public async Task<WriteOutcome> Write(params FloatSample[] samples)
    {
        var request = new WriteRequest();
        request.Samples.AddRange(samples);
        return await Store.AppendAsync(request, None);
    }

    public async Task<WriteOutcome> Observe(params Observation[] observations)
    {
        var request = new WriteRequest();
        request.Observations.AddRange(observations);
        return await Store.AppendAsync(request, None);
    }

    public async Task<WriteOutcome> Write(params HistogramSample[] histograms)
    {
        var request = new WriteRequest();
        request.Histograms.AddRange(histograms);
        return await Store.AppendAsync(request, None);
    }

    /// <summary>All samples of a metric: for each series, "labels time=value …".</summary>
    public List<string> Read(string metric, long min = 0, long max = long.MaxValue) => [.. Store.Select([Name(metric)], min, max).Select(series => Text(series, min, max))];

    public static LabelMatcher Name(string metric) => new(MatchKind.Equal, Labels.MetricName, metric);

    public static SampleBuffer Samples(ISeries series, long min = 0, long max = long.MaxValue)
    {
        var buffer = new SampleBuffer();
        series.Read(min, max, buffer);
        return buffer;
    }

    /// <summary>The samples of the only series of a metric.</summary>
    public SampleBuffer Only(string metric, long min = 0, long max = long.MaxValue) => Samples(Assert.Single(Store.Select([Name(metric)], min, max)), min, max);

    public static string Text(ISeries series, long min, long max)
    {
        var samples = Samples(series, min, max);
        var parts = new List<string> { series.Labels.ToString() };
        for (int i = 0; i < samples.Count; i++)
            parts.Add($"{samples.Times[i]}={(samples.HistogramAt(i) is { } h ? Text(h) : samples.Values[i])}");
        return string.Join(' ', parts);
    }

    public static string Text(Histogram histogram) => $"{{n={histogram.Count} sum={Math.Round(histogram.Sum, 6)}}}";

    public static Histogram Histogram(params double[] values)
    {
        var recorder = new HistogramRecorder();
        foreach (double value in values) recorder.Record(value);
        return recorder.ToHistogram();
    }

    public ValueTask DisposeAsync() => Store?.DisposeAsync() ?? default;
}
