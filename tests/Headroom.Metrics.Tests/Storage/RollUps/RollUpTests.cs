using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage.RollUps;

public sealed class RollUpTests(RollUpTests.Stores stores) : IClassFixture<RollUpTests.Stores>
{
    /// <summary>The same six days in a store that keeps all as it came, and in one that has rolled most of it up.</summary>
    public sealed class Stores : IAsyncLifetime
    {
        internal StoreFixture Full { get; } = Opened(change: o => o with { Retention = new(TimeSpan.FromDays(900), TimeSpan.FromDays(900), TimeSpan.FromDays(900)) });

        internal StoreFixture Thin { get; } = Opened(change: o => o with { Retention = Short });

        public async ValueTask InitializeAsync()
        {
            foreach (var fixture in (StoreFixture[])[Full, Thin])
            {
                await Fill(fixture, days: 6);
                await fixture.Store.CompactAsync(all: true, None);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Full.DisposeAsync();
            await Thin.DisposeAsync();
        }
    }

    private const long Minute = 60_000;
    private const long Hour = 3_600_000;
    private static readonly RetentionPolicy Short = new(TimeSpan.FromDays(1), TimeSpan.FromDays(4), TimeSpan.FromDays(20));

    public static TheoryData<string> Expressions =>
    [
        "increase(c_total[4h])", "rate(c_total[6h])", "increase(unsure[4h])", "resets(c_total[5h])", "c_total", "gauge", "last_over_time(gauge[4h])",
        "max_over_time(gauge[4h])", "min_over_time(gauge[6h])", "avg_over_time(gauge[4h])", "sum_over_time(gauge[4h])", "count_over_time(gauge[4h])",
        "max_over_time(unsure[4h])", "avg_over_time(unsure[5h])", "count_over_time(unsure[4h])",
        "histogram_quantile(0.95, increase(h[4h]))", "histogram_count(increase(h[4h]))", "histogram_quantile(0.5, sum(rate(h[6h])))", "count(c_total)",
    ];

    [Theory]
    [MemberData(nameof(Expressions))]
    public async Task Over_whole_intervals_answers_are_those_of_full_resolution(string expression)
    {
        var (full, thin) = (stores.Full, stores.Thin);
        Assert.True(thin.Store.Stats().Samples * 2 < full.Store.Stats().Samples);
        // At every whole hour, over hourly, five-minute and raw samples; the first hours have nothing before them.
        foreach (long step in (long[])[Hour, 7 * Hour])
        {
            var wanted = Ask(full, expression, Now - 6 * Day + 6 * Hour, Now, step);
            var got = Ask(thin, expression, Now - 6 * Day + 6 * Hour, Now, step);
            Assert.NotEmpty(wanted);
            Assert.Equal(wanted.Select(s => s.Labels.ToString()), got.Select(s => s.Labels.ToString()));
            foreach (var (a, b) in wanted.Zip(got))
            {
                Assert.Equal(a.Points.Select(p => p.Time), b.Points.Select(p => p.Time));
                foreach (var (p, q) in a.Points.Zip(b.Points))
                    Assert.True(Math.Abs(p.Value - q.Value) <= 1e-9 * Math.Max(1, Math.Abs(p.Value)), $"at {(p.Time - Now) / Hour} h: {p.Value} became {q.Value}");
            }
        }
    }

    [Fact]
    public async Task Short_ranges_over_old_samples_answer_and_say_that_they_were_widened()
    {
        await using var fixture = Opened(change: o => o with { Retention = Short });
        await Fill(fixture, days: 6);
        await fixture.Store.CompactAsync(all: true, None);
        var engine = new PromqlEngine(fixture.Store, null, fixture.Clock);
        foreach (var (age, width, lookback) in new[] { (5 * Day, "4h", "2h"), (2 * Day, "20m", "10m") })
        {
            var rate = engine.Instant("rate(c_total[5m])", Now - age, None);
            Assert.InRange(Assert.Single(((VectorValue)rate.Value).Samples).Value, 0.01, 10);
            Assert.Contains($"the range was widened to {width} (1:", Assert.Single(rate.Infos));
            var instant = engine.Instant("c_total", Now - age + 3 * Minute, None);
            Assert.Single(((VectorValue)instant.Value).Samples);
            Assert.Equal(lookback == "2h", instant.Infos.Count > 0 && instant.Infos[0].Contains("the look-back was widened to 2h", StringComparison.Ordinal));
        }
        Assert.Empty(engine.Instant("rate(c_total[5m])", Now - Hour, None).Infos);
        Assert.Empty(engine.Instant("rate(c_total[4h])", Now - 5 * Day, None).Infos);
    }

    [Fact]
    public async Task A_range_query_over_everything_widens_old_steps_only()
    {
        await using var fixture = Opened(change: o => o with { Retention = Short });
        await Fill(fixture, days: 6);
        var before = Ask(fixture, "rate(c_total[5m])", Now - 20 * Hour, Now, 10 * Minute);
        await fixture.Store.CompactAsync(all: true, None);
        var all = Assert.Single(Ask(fixture, "rate(c_total[5m])", Now - 6 * Day + 5 * Hour, Now, 10 * Minute));
        Assert.Equal((6 * Day - 5 * Hour) / (10 * Minute) + 1, all.Points.Count);
        Assert.Equal(before[0].Points.Select(p => p.Value), all.Points.Where(p => p.Time >= Now - 20 * Hour).Select(p => p.Value));
    }

    [Fact]
    public async Task Rolled_up_data_survives_restarts_and_is_rolled_up_further()
    {
        await using var fixture = Opened(change: o => o with { Retention = Short });
        await Fill(fixture, days: 3);
        await fixture.Store.CompactAsync(all: true, None);
        var once = Ask(fixture, "increase(c_total[4h])", Now - 3 * Day + 4 * Hour, Now, Hour);
        await fixture.Restart();
        Assert.Equal(once[0].Points, Ask(fixture, "increase(c_total[4h])", Now - 3 * Day + 4 * Hour, Now, Hour)[0].Points);
        // Time goes on: what was five-minute samples becomes hourly ones, and the last of all goes.
        for (int day = 1; day <= 23; day++)
        {
            fixture.Clock.Advance(TimeSpan.FromDays(1));
            await fixture.Write(new FloatSample(Of("later"), Now + day * Day, day));
            await fixture.Store.FlushAsync(None);
            await fixture.Store.CompactAsync(all: day % 3 == 0, None);
            if (day is 6 or 15)
                Assert.Equal(once[0].Points.Select(p => p.Value), Ask(fixture, "increase(c_total[4h])", Now - 3 * Day + 4 * Hour, Now, Hour)[0].Points.Select(p => p.Value), (a, b) => Math.Abs(a - b) < 1e-9);
        }
        Assert.Empty(fixture.Read("c_total"));
        Assert.Equal(["later"], fixture.Store.LabelValues(Labels.MetricName, [], 0, long.MaxValue));
    }

    [Fact]
    public async Task A_sample_older_than_what_was_rolled_up_of_its_series_is_refused_and_that_of_a_new_series_is_rolled_up_too()
    {
        await using var fixture = Opened(change: o => o with { Retention = Short });
        await Fill(fixture, days: 2);
        await fixture.Store.CompactAsync(all: true, None);
        var outcome = await fixture.Write(new FloatSample(Of("gauge"), Now - 2 * Day + 5, 1), new FloatSample(Of("gauge"), Now - Hour + 5, 1), new FloatSample(Of("new"), Now - 2 * Day + 5, 1));
        var refused = Assert.Single(outcome.Rejections);
        Assert.Equal(("too-old", 0), (refused.Code, refused.Index));
        Assert.Contains("rolled up", refused.Reason);
        await fixture.Store.FlushAsync(None);
        await fixture.Store.CompactAsync(all: true, None);
        Assert.Equal([1], fixture.Only("new").Values.ToArray());
        Assert.Equal("too-old", Assert.Single((await fixture.Write(new FloatSample(Of("gauge"), Now - 21 * Day, 1))).Rejections).Code);
    }

    [Fact]
    public async Task A_sample_older_than_the_window_is_refused()
    {
        await using var fixture = Opened(change: o => o with { SampleWindow = TimeSpan.FromMinutes(5) });
        await fixture.Write(new FloatSample(Of("m"), Now, 1));
        var outcome = await fixture.Write(new FloatSample(Of("m"), Now - 5 * Minute, 1), new FloatSample(Of("m"), Now - 5 * Minute - 1, 1), new FloatSample(Of("other"), Now - Day, 1));
        Assert.Equal(("too-old", 1), (Assert.Single(outcome.Rejections).Code, outcome.Rejections[0].Index));
        await fixture.Store.FlushAsync(None);
        Assert.Equal(1, (await fixture.Write(new FloatSample(Of("m"), Now - 5 * Minute - 1, 1))).Rejected);
    }

    [Fact]
    public async Task Whoever_opens_a_store_without_knowing_its_retention_keeps_to_it()
    {
        await using var fixture = Opened(change: o => o with { Retention = new(TimeSpan.FromDays(5000), TimeSpan.FromDays(5000), TimeSpan.FromDays(5000)) });
        await fixture.Write(new FloatSample(Of("old"), Now - 4000 * Day, 1), new FloatSample(Of("new"), Now, 1));
        fixture.Options = fixture.Options with { Retention = null };
        for (int i = 0; i < 2; i++)
        {
            await fixture.Restart();
            await fixture.Store.FlushAsync(None);
            await fixture.Store.CompactAsync(all: true, None);
            Assert.Equal([1], fixture.Only("old").Values.ToArray());
        }
        fixture.Options = fixture.Options with { Retention = RetentionPolicy.Default };
        await fixture.Restart();
        await fixture.Store.CompactAsync(all: true, None);
        Assert.Empty(fixture.Read("old"));
    }

    [Fact]
    public async Task A_store_nobody_writes_to_keeps_what_it_has()
    {
        await using var fixture = Opened(change: o => o with { Retention = Short });
        await fixture.Write(new FloatSample(Of("m"), Now, 1));
        await fixture.Store.FlushAsync(None);
        fixture.Clock.Advance(TimeSpan.FromDays(1000));
        await fixture.Store.CompactAsync(all: true, None);
        Assert.Equal([1], fixture.Only("m").Values.ToArray());
    }

    [Theory]
    [InlineData(5, 4, 20, 1)]
    [InlineData(1, 1, 20, 1)]
    [InlineData(1, 1, 1, 0)]
    public async Task A_resolution_that_keeps_no_longer_than_the_finer_one_is_passed_over(int raw, int five, int hour, int blocks)
    {
        await using var fixture = Opened(change: o => o with { Retention = new(TimeSpan.FromDays(raw), TimeSpan.FromDays(five), TimeSpan.FromDays(hour)) });
        for (int i = 0; i < 100; i++) await fixture.Write(new FloatSample(Of("c_total"), Now - 7 * Day + i * Minute, i));
        await fixture.Write(new FloatSample(Of("c_total"), Now, 1000));
        await fixture.Store.FlushAsync(None);
        await fixture.Store.CompactAsync(all: true, None);
        // Hours: the first and last of each; then the newest, which is still raw.
        Assert.Equal(blocks == 0 ? [1000] : [0, 1, 60, 61, 99, 1000], fixture.Only("c_total").Values.ToArray());
        Assert.Equal(blocks + 1, fixture.Store.Stats().Blocks);
        Assert.Equal(blocks == 0 ? 0 : Hour, fixture.Store.ResolutionAt(Now - 7 * Day));
    }

    // Six kinds of series, every minute, each aligned to the minute so that a whole hour holds sixty samples.
    private static async Task Fill(StoreFixture fixture, int days)
    {
        var random = new Random(77);
        double counter = 0;
        double unsure = 0;
        var recorder = new HistogramRecorder();
        var metadata = new WriteRequest();
        metadata.Metadata.Add(new MetricMetadata("gauge", "gauge", "", ""));
        await fixture.Store.AppendAsync(metadata, None);
        var request = new WriteRequest();
        for (long time = Now - days * Day; time <= Now; time += Minute)
        {
            counter = random.Next(700) == 0 ? 0 : counter + random.Next(50);
            unsure = random.Next(900) == 0 ? 0 : unsure + random.Next(9);
            if (random.Next(2000) == 0) recorder.Clear();
            for (int i = random.Next(4); i >= 0; i--) recorder.Record(Math.Exp(random.NextDouble() * 3) * (time / Hour % 24 + 1));
            request.Samples.Add(new FloatSample(Of("c_total"), time, counter));
            request.Samples.Add(new FloatSample(Of("unsure"), time, unsure));
            request.Samples.Add(new FloatSample(Of("gauge"), time, Math.Round(random.NextDouble() * 100, 2)));
            request.Histograms.Add(new HistogramSample(Of("h"), time, recorder.ToHistogram()));
            if (request.Count < 2000 && time + Minute <= Now) continue;
            Assert.Equal(0, (await fixture.Store.AppendAsync(request, None)).Rejected);
            if (random.Next(3) == 0) await fixture.Store.FlushAsync(None);
            request = new WriteRequest();
        }
        await fixture.Store.FlushAsync(None);
    }

    private static IReadOnlyList<MatrixSeries> Ask(StoreFixture fixture, string expression, long start, long end, long step) =>
        ((MatrixValue)new PromqlEngine(fixture.Store, null, fixture.Clock).Range(expression, start, end, step, None).Value).Series;
}
