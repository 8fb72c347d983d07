using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using Headroom.TestKit;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Deltas become counters, over restarts, repeats and silences, in a real store.</summary>
public sealed class DeltaTests : IAsyncLifetime
{
    private const long Minute = 60_000;
    private const AggregationTemporality IsDelta = AggregationTemporality.Delta;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-delta-test-");
    private readonly VirtualTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Now));
    private EmbeddedStore _store = null!;
    private OtlpMetricsImporter _importer = null!;

    private EmbeddedBackend Backend => new(_store, null, _clock);

    public ValueTask InitializeAsync()
    {
        Open(new OtlpOptions());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Deltas_are_added_up_from_a_zero_at_their_start()
    {
        await AddAsync("orders", 5, 0, 1);
        await AddAsync("orders", 7, 1, 2);
        Assert.Equal([(0, 0.0), (1, 5), (2, 12)], await PointsAsync("orders_total"));
    }

    [Fact]
    public async Task A_restart_goes_on_with_the_stored_total_and_loses_nothing_acknowledged()
    {
        await AddAsync("orders", 5, 0, 1);
        await AddAsync("orders", 7, 1, 2);
        await RestartAsync();
        await AddAsync("orders", 1, 2, 3);
        Assert.Equal([(0, 0.0), (1, 5), (2, 12), (3, 13)], await PointsAsync("orders_total"));
        Assert.Equal(13, await NumberAsync("increase(orders_total[10m])", 3) is var gained && gained > 12.9 ? 13 : gained);
    }

    [Fact]
    public async Task The_last_delta_sent_again_counts_once_also_over_a_restart()
    {
        await AddAsync("orders", 5, 0, 1);
        Assert.Equal((1, 0), Account(await AddAsync("orders", 5, 0, 1)));
        await RestartAsync();
        Assert.Equal((1, 0), Account(await AddAsync("orders", 5, 0, 1)));
        Assert.Equal([(0, 0.0), (1, 5)], await PointsAsync("orders_total"));
    }

    [Fact]
    public async Task A_delta_that_comes_too_late_is_refused_and_one_that_overlaps_is_added()
    {
        await AddAsync("orders", 5, 0, 2);
        var late = await AddAsync("orders", 3, 0, 1);
        Assert.Equal(1, late.Reasons["delta-out-of-order"]);
        Assert.Equal(1, (await AddAsync("orders", 6, 0, 2)).Reasons["delta-out-of-order"]);
        await AddAsync("orders", 4, 1, 3);
        Assert.Equal([(0, 0.0), (2, 5), (3, 9)], await PointsAsync("orders_total"));
    }

    [Fact]
    public async Task After_a_silence_the_total_stands_at_the_start_of_the_next_interval()
    {
        await AddAsync("orders", 5, 0, 1);
        await AddAsync("orders", 2, 40, 41);
        Assert.Equal([(0, 0.0), (1, 5), (40, 5), (41, 7)], await PointsAsync("orders_total"));
        Assert.InRange(await NumberAsync("increase(orders_total[2m])", 41), 1.9, 4.1);
    }

    [Fact]
    public async Task Without_a_start_deltas_are_added_up_all_the_same()
    {
        await ImportAsync(Delta("orders", Number(5, At(1))));
        await ImportAsync(Delta("orders", Number(5, At(2))));
        Assert.Equal([(1, 5.0), (2, 10)], await PointsAsync("orders_total"));
    }

    [Fact]
    public async Task An_up_down_counter_has_no_zero_before_its_first_change()
    {
        await ImportAsync(Sum("level", IsDelta, false, Number(-5, At(1), At(0))));
        await ImportAsync(Sum("level", IsDelta, false, Number(2, At(2), At(1))));
        Assert.Equal([(1, -5.0), (2, -3)], await PointsAsync("level"));
    }

    [Fact]
    public async Task Several_deltas_of_a_series_in_one_request_are_all_counted()
    {
        await ImportAsync(Delta("orders", Number(1, At(1), At(0)), Number(2, At(2), At(1)), Number(3, At(2), At(1))));
        Assert.Equal([(0, 0.0), (1, 1), (2, 3)], await PointsAsync("orders_total"));
    }

    [Fact]
    public async Task Classic_histograms_are_added_up_over_a_restart()
    {
        await ImportAsync(Explicit("h", IsDelta, Buckets([1, 2], [1, 2, 3], 10, At(1), At(0))));
        await RestartAsync();
        var report = await ImportAsync(Explicit("h", IsDelta, Buckets([1, 2], [4, 0, 1], 5, At(2), At(1))));
        Assert.Equal(0, report.Rejected);
        Assert.Equal([(0, 0.0), (1, 10), (2, 15)], await PointsAsync("h_sum"));
        Assert.Equal([(0, 0.0), (1, 6), (2, 11)], await PointsAsync("h_count"));
        Assert.Equal([(0, 0.0), (1, 1), (2, 5)], await PointsAsync("h_bucket{le=\"1\"}"));
        Assert.Equal([(0, 0.0), (1, 3), (2, 7)], await PointsAsync("h_bucket{le=\"2\"}"));
        Assert.Equal([(0, 0.0), (1, 6), (2, 11)], await PointsAsync("h_bucket{le=\"+Inf\"}"));
    }

    [Fact]
    public async Task Other_bounds_begin_a_new_count()
    {
        await ImportAsync(Explicit("h", IsDelta, Buckets([1], [1, 1], 2, At(1), At(0))));
        await ImportAsync(Explicit("h", IsDelta, Buckets([1, 5], [1, 0, 0], 1, At(2), At(1))));
        Assert.Equal([(0, 0.0), (1, 2), (2, 1)], await PointsAsync("h_count"));
        Assert.Equal([(1, 0.0), (2, 1)], await PointsAsync("h_bucket{le=\"5\"}"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Native_histograms_are_added_up_over_a_restart(bool custom)
    {
        Open(new OtlpOptions { Histograms = ExplicitHistograms.Native });
        Metric Of(long minute, ulong count) => custom
            ? Explicit("h", IsDelta, Buckets([1], [count, 1], 2, At(minute), At(minute - 1)))
            : Exponential("h", IsDelta, Exponential(4, 3, [count, 1], At(minute), At(minute - 1)));
        await ImportAsync(Of(1, 5));
        await ImportAsync(Of(2, 6));
        await RestartAsync();
        await ImportAsync(Of(3, 7));
        Assert.Equal(21, await NumberAsync("histogram_count(h)", 3));
        Assert.Equal(0, await NumberAsync("histogram_count(h)", 0));
        Assert.InRange(await NumberAsync("histogram_count(increase(h[10m]))", 3), 20.9, 21.1);
    }

    [Fact]
    public async Task A_delta_the_store_did_not_take_is_counted_when_it_is_sent_again()
    {
        var flaky = new FlakyBackend(Backend);
        var importer = new OtlpMetricsImporter(new OtlpOptions(), flaky, _clock);
        await importer.ImportAsync(Request(Delta("orders", Number(5, At(1), At(0)))));
        flaky.IsDown = true;
        await Assert.ThrowsAsync<ProblemException>(async () => await importer.ImportAsync(Request(Delta("orders", Number(7, At(2), At(1))))));
        flaky.IsDown = false;
        await importer.ImportAsync(Request(Delta("orders", Number(7, At(2), At(1)))));
        Assert.Equal([(0, 0.0), (1, 5), (2, 12)], await PointsAsync("orders_total"));
    }

    [Fact]
    public async Task Totals_in_memory_are_bounded_and_come_back_from_the_store()
    {
        Open(new OtlpOptions { MaxDeltaSeries = 8 });
        Metric Of(int i, int minute) => Delta("orders", Number(1, At(minute), At(minute - 1), ("n", $"{i}")));
        for (int minute = 1; minute <= 3; minute++)
            for (int i = 0; i < 20; i++)
                await ImportAsync(Of(i, minute));
        var last = (await Backend.QueryAsync("orders_total", At(3), TestContext.Current.CancellationToken)).Value;
        Assert.Equal(Enumerable.Repeat(3.0, 20), ((VectorValue)last).Samples.Select(s => s.Value));
    }

    [Fact]
    public async Task Concurrent_requests_lose_no_delta()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (int i = 1; i <= 50; i++) await ImportAsync(Delta("orders", Number(1, At(0) + (i * 100), At(0) + ((i - 1) * 100), ("writer", $"{writer}"))));
        })));
        Assert.Equal(16 * 50, await NumberAsync("sum(orders_total)", 1));
    }

    [Fact]
    public async Task A_series_that_ends_keeps_its_total()
    {
        await AddAsync("orders", 5, 0, 1);
        await ImportAsync(Delta("orders", new NumberDataPoint { TimeUnixNano = Nanos(At(2)), Flags = 1 }));
        await RestartAsync();
        await AddAsync("orders", 2, 3, 4);
        Assert.Equal(7, await NumberAsync("orders_total", 4));
    }

    private static long At(long minute) => Now + (minute * Minute);

    private static (int, int) Account(OtlpReport report) => (report.Items, report.Rejected);

    private void Open(OtlpOptions options)
    {
        _store ??= OpenStore();
        _importer = new OtlpMetricsImporter(options, Backend, _clock);
        _options = options;
    }

    private OtlpOptions _options = new();

    private EmbeddedStore OpenStore() => EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = _directory.FullName, TimeProvider = _clock, Background = false });

    private async Task RestartAsync()
    {
        await _store.DisposeAsync();
        _store = OpenStore();
        Open(_options);
    }

    private Task<OtlpReport> AddAsync(string metric, double value, long start, long end) => ImportAsync(Delta(metric, Number(value, At(end), At(start))));

    private async Task<OtlpReport> ImportAsync(Metric metric) => await _importer.ImportAsync(Request(metric));

    private async Task<(int Minute, double Value)[]> PointsAsync(string selector)
    {
        var matrix = (MatrixValue)(await Backend.QueryAsync($"{selector}[2h]", At(90), TestContext.Current.CancellationToken)).Value;
        return [.. Assert.Single(matrix.Series).Points.Select(p => ((int)((p.Time - Now) / Minute), p.Value))];
    }

    private async Task<double> NumberAsync(string expression, long minute) =>
        Assert.Single(((VectorValue)(await Backend.QueryAsync(expression, At(minute), TestContext.Current.CancellationToken)).Value).Samples).Value;

    /// <summary>A backend that can be switched off for writes.</summary>
    private sealed class FlakyBackend(IMetricsBackend inner) : EmptyBackend
    {
        public bool IsDown { get; set; }

        public override ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) =>
            IsDown ? throw new ProblemException(new Problem("down", "down") { Kind = ProblemKind.Unavailable }) : inner.AppendAsync(request, cancel);

        public override ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => inner.QueryAsync(expression, time, cancel);
    }
}
