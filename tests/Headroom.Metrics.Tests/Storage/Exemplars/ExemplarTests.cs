using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage.Exemplars;

public sealed class ExemplarTests
{
    private static readonly IReadOnlyList<IReadOnlyList<LabelMatcher>> Everything = [[]];

    [Fact]
    public async Task Exemplars_read_by_series_and_time_and_survive_restarts_and_flushes()
    {
        await using var fixture = Opened();
        await Write(fixture, "b", (Now + 5, "t2", 2), (Now, "t1", 1));
        await Write(fixture, "a", (Now + 1, "t3", 3));
        string[] wanted = ["a t3 3", "b t1 1", "b t2 2"];
        foreach (bool flush in new[] { false, true, true })
        {
            Assert.Equal(wanted, Read(fixture));
            if (flush) await fixture.Store.FlushAsync(None);
            await fixture.Restart();
        }
        Assert.Equal(["b t2 2"], fixture.Store.Exemplars([PromqlSyntax.ParseSelector("b")], Now + 5, Now + 9).Select(Text));
        Assert.Empty(fixture.Store.Exemplars([PromqlSyntax.ParseSelector("b")], Now + 6, Now + 9));
    }

    [Fact]
    public async Task An_exemplar_shown_again_counts_once()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 3; i++) await Write(fixture, "m", (Now, "t1", 1), (Now + 1, "t2", 2));
        Assert.Equal(["m t1 1", "m t2 2"], Read(fixture));
    }

    [Fact]
    public async Task The_oldest_exemplars_go_first()
    {
        await using var fixture = Opened(change: o => o with { MaxExemplars = 100 });
        for (int i = 0; i < 1000; i++) await Write(fixture, $"m{i % 7}", (Now + i, $"t{i}", i));
        var kept = fixture.Store.Exemplars(Everything, 0, long.MaxValue);
        Assert.Equal(Enumerable.Range(900, 100), kept.Select(e => (int)e.Value).Order());
        await fixture.Restart();
        Assert.Equal(kept, fixture.Store.Exemplars(Everything, 0, long.MaxValue));
    }

    [Fact]
    public async Task An_exemplar_of_a_series_without_samples_or_of_great_length_is_left_out()
    {
        await using var fixture = Opened();
        var request = new WriteRequest();
        request.Samples.Add(new FloatSample(Of("m"), Now, 1));
        request.Exemplars.Add(new Exemplar(Of("other"), Labels.From(new Label("trace_id", "t")), 1, Now));
        request.Exemplars.Add(new Exemplar(Of("m"), Labels.From(new Label("trace_id", new string('x', 2000))), 1, Now));
        request.Exemplars.Add(new Exemplar(Of("m"), Labels.From(new Label("trace_id", "t")), 1, Now + 2 * Day));
        await fixture.Store.AppendAsync(request, None);
        Assert.Empty(Read(fixture));
    }

    [Fact]
    public async Task A_store_that_keeps_none_keeps_none()
    {
        await using var fixture = Opened(change: o => o with { MaxExemplars = 0 });
        await Write(fixture, "m", (Now, "t", 1));
        Assert.Empty(Read(fixture));
    }

    [Fact]
    public async Task Metadata_keeps_the_last_word_within_its_bound_and_survives_restarts_and_flushes()
    {
        await using var fixture = Opened(change: o => o with { MaxMetadata = 2 });
        await Describe(fixture, new("b", "gauge", "", "old"), new("a", "counter", "s", "A"), new("beyond", "gauge", "", ""), new("b", "gauge", "bytes", "new"));
        MetricMetadata[] wanted = [new("a", "counter", "s", "A"), new("b", "gauge", "bytes", "new")];
        foreach (bool flush in new[] { false, true, true })
        {
            Assert.Equal(wanted, fixture.Store.Metadata(null, 10));
            if (flush) await fixture.Store.FlushAsync(None);
            await fixture.Restart();
        }
        Assert.Equal(wanted[1..], fixture.Store.Metadata("b", 10));
        Assert.Equal(wanted[..1], fixture.Store.Metadata(null, 1));
        Assert.Empty(fixture.Store.Metadata("beyond", 10));
    }

    [Fact]
    public async Task Long_help_is_cut_and_what_has_no_utf8_form_is_left_out()
    {
        await using var fixture = Opened();
        await Describe(fixture, new("m", "gauge", "", new string('x', 4095) + "\U0001F600"), new("n", "gauge", "", "\ud800"));
        Assert.Equal(new string('x', 4095), Assert.Single(fixture.Store.Metadata(null, 10)).Help);
    }

    private static async Task Describe(StoreFixture fixture, params MetricMetadata[] metadata)
    {
        var request = new WriteRequest();
        request.Metadata.AddRange(metadata);
        await fixture.Store.AppendAsync(request, None);
    }

    private static async Task Write(StoreFixture fixture, string metric, params (long Time, string Trace, double Value)[] exemplars)
    {
        var request = new WriteRequest();
        request.Samples.Add(new FloatSample(Of(metric), Now, 1));
        foreach (var (time, trace, value) in exemplars) request.Exemplars.Add(new Exemplar(Of(metric), Labels.From(new Label("trace_id", trace)), value, time));
        await fixture.Store.AppendAsync(request, None);
    }

    private static IEnumerable<string> Read(StoreFixture fixture) => fixture.Store.Exemplars(Everything, 0, long.MaxValue).Select(Text);

    private static string Text(Exemplar e) => $"{e.Series.Name} {e.Labels["trace_id"]} {e.Value}";
}
