using Headroom.Configuration.Diagnostics;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

public sealed class RawSampleTests
{
    [Fact]
    public async Task Samples_come_newest_first_with_the_notes_they_were_posted_with()
    {
        await using var fixture = Opened();
        var note = new SampleNote("""{"region":"eu"}""", "a", "ms");
        await fixture.Write(new FloatSample(Of("cpu"), Now, 1), new FloatSample(Of("cpu"), Now + 2, 3, note));
        await fixture.Observe(new Observation(Of("latency"), Now + 1, 2, note));
        Assert.Equal(
            [(Now + 2, 3d, note), (Now + 1, 2d, note), (Now, 1d, null)],
            fixture.Store.ReadRawSamples("shop", null, 0, long.MaxValue, 10).Samples.Select(s => (s.Time, s.Value, s.Note)));
        Assert.Equal(2, fixture.Store.ReadRawSamples(null, "cpu", 0, long.MaxValue, 10).Samples.Count);
        Assert.Empty(fixture.Store.ReadRawSamples("cart", null, 0, long.MaxValue, 10).Samples);
        Assert.Equal(Now + 1, Assert.Single(fixture.Store.ReadRawSamples(null, null, Now + 1, Now + 1, 10).Samples).Time);
    }

    [Fact]
    public async Task Every_acknowledged_note_is_kept_also_when_the_value_was_there_already()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("cpu"), Now, 1));
        await fixture.Write(new FloatSample(Of("cpu"), Now, 1, new SampleNote(null, "first", null)));
        await fixture.Write(new FloatSample(Of("cpu"), Now, 1, new SampleNote(null, "second", null)));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(["second", "first"], fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 10).Samples.Select(s => s.Note!.Id));
            await fixture.Store.FlushAsync(None);
            await fixture.Restart();
        }
    }

    [Fact]
    public async Task A_cursor_stays_good_over_new_samples_flushes_and_restarts()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 10; i++) await fixture.Observe(new Observation(Of("latency"), Now + i / 3, i));
        var page = fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 4);
        Assert.Equal([9d, 8, 7, 6], page.Samples.Select(s => s.Value));
        // Another one at a time that the pages have passed, and one at the time where the next page begins.
        await fixture.Observe(new Observation(Of("latency"), Now + 3, 10), new Observation(Of("latency"), Now + 2, 11));
        await fixture.Store.FlushAsync(None);
        await fixture.Restart();
        page = fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 4, page.NextCursor);
        Assert.Equal([5d, 4, 3, 2], page.Samples.Select(s => s.Value));
        page = fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 4, page.NextCursor);
        Assert.Equal([1d, 0], page.Samples.Select(s => s.Value));
        Assert.Null(page.NextCursor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("not base64!")]
    [InlineData("AgAAAAAAAAAAAAA")]
    public async Task A_cursor_that_is_none_is_refused(string cursor)
    {
        await using var fixture = Opened();
        Assert.Equal("bad-cursor", Assert.Throws<ProblemException>(() => fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 4, cursor)).Problems[0].Code);
    }

    [Fact]
    public async Task Stale_markers_and_finished_histograms_are_not_values_someone_posted()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("m"), Now, 1), new FloatSample(Of("m"), Now + 1, StaleMarker.Value));
        await fixture.Write(new HistogramSample(Of("h"), Now, Histogram(1)));
        Assert.Single(fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 10).Samples);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeated_id_counts_once_per_series(bool restarted)
    {
        await using var fixture = Opened();
        var note = new SampleNote(null, "once", null);
        await fixture.Observe(new Observation(Of("latency"), Now, 1, note));
        if (restarted)
        {
            await fixture.Restart();
            await fixture.Store.FlushAsync(None);
            await fixture.Restart();
        }
        var outcome = await fixture.Observe(new Observation(Of("latency"), Now + 5, 2, note), new Observation(Of("other"), Now + 5, 2, note));
        Assert.Equal((2, 1, 0), (outcome.Accepted, outcome.Repeated, outcome.Rejected));
        Assert.Equal(1, fixture.Only("latency").HistogramAt(1)!.Count);
        Assert.Single(fixture.Store.ReadRawSamples(null, "latency", 0, long.MaxValue, 10).Samples);
    }

    [Fact]
    public async Task Of_a_rejected_sample_the_id_is_not_remembered()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("m"), -1, 1, new SampleNote(null, "x", null)));
        Assert.Equal(0, (await fixture.Write(new FloatSample(Of("m"), Now, 1, new SampleNote(null, "x", null)))).Repeated);
    }

    [Fact]
    public async Task Only_so_many_ids_are_remembered()
    {
        await using var fixture = Opened(change: o => o with { RecentIds = 3 });
        for (int i = 0; i < 4; i++) await fixture.Write(new FloatSample(Of("m"), Now + i, i, new SampleNote(null, $"{i}", null)));
        Assert.Equal(1, (await fixture.Write(new FloatSample(Of("m"), Now + 10, 1, new SampleNote(null, "1", null)))).Repeated);
        Assert.Equal(0, (await fixture.Write(new FloatSample(Of("m"), Now + 10, 1, new SampleNote(null, "0", null)))).Repeated);
    }

    [Fact]
    public async Task Pages_over_many_chunks_and_series_miss_nothing()
    {
        await using var fixture = Opened(change: o => o with { SegmentBytes = 1 << 20 });
        for (int batch = 0; batch < 6; batch++)
        {
            await fixture.Write([.. Enumerable.Range(0, 2000).Select(i => new FloatSample(Of("m", $"s{i % 3}"), Now + batch * 700 + i, i,
                i % 400 == 0 ? new SampleNote("{}", null, null) : null)).Where((_, i) => i % 2 == batch % 2)]);
            if (batch % 2 == 1) await fixture.Store.FlushAsync(None);
        }
        var times = new List<long>();
        string? cursor = null;
        do
        {
            var page = fixture.Store.ReadRawSamples(null, "m", 0, long.MaxValue, 333, cursor);
            times.AddRange(page.Samples.Select(s => s.Time));
            cursor = page.NextCursor;
        } while (cursor is not null);
        Assert.Equal(times.OrderDescending(), times);
        Assert.Equal(fixture.Store.Select([], 0, long.MaxValue).Sum(s => Samples(s).Count), times.Count);
    }
}
