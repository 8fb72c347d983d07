using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.Prometheus;

/// <summary>A backend under test: what it is, an instant all samples lie before, and how to make everything written visible.</summary>
internal sealed record Subject(IMetricsBackend Backend, long Now, Func<Task> SettleAsync);

/// <summary>
/// What every backend is asked to do, each case over metrics of its own. A case answers whether the backend does it as
/// Headroom's own store does; docs/backends.md holds the answers.
/// </summary>
internal static class ConformanceCases
{
    private const long Minute = 60_000;
    private static readonly CancellationToken None = CancellationToken.None;

    public static IReadOnlyList<(string Name, Func<Subject, Task<bool>> Holds)> All { get; } =
    [
        ("floats are read back as written", async s =>
        {
            double[] values = [0.1, 1e300, -5e-324, double.PositiveInfinity];
            for (int i = 0; i < values.Length; i++) await Write(s, Labels.Of("c_floats", ("i", $"{i}")), (s.Now - Minute, values[i]));
            var read = await Vector(s, "c_floats", s.Now - Minute);
            return values.Select((v, i) => read.Any(r => r.Labels["i"] == $"{i}" && r.Value.Equals(v))).All(x => x);
        }),
        ("a range query steps from start to end", async s =>
        {
            await Write(s, Labels.Of("c_range"), (s.Now - (3 * Minute), 1), (s.Now - (2 * Minute), 2), (s.Now - Minute, 3));
            await s.SettleAsync();
            var result = await s.Backend.QueryRangeAsync("c_range", s.Now - (3 * Minute), s.Now - Minute, Minute, None);
            return ((MatrixValue)result.Value).Series is [{ Points: var points }] && points.Select(p => p.Value).SequenceEqual([1.0, 2, 3]);
        }),
        ("rate is extrapolated as Prometheus does", async s =>
        {
            await Write(s, Labels.Of("c_total"), [.. Enumerable.Range(0, 21).Select(i => (s.Now - (5 * Minute) - 1000 + (i * 15_000L), i * 30.0))]);
            return await Close(s, "rate(c_total[2m])", 2) && await Close(s, "increase(c_total[2m])", 240);
        }),
        ("series, label names and label values are listed by matchers", async s =>
        {
            await Write(s, Labels.Of("c_listed", ("zone", "a")), (s.Now - Minute, 1));
            await Write(s, Labels.Of("c_listed", ("zone", "b"), ("rack", "1")), (s.Now - Minute, 1));
            await s.SettleAsync();
            IReadOnlyList<IReadOnlyList<LabelMatcher>> by = [[new(MatchKind.Equal, Labels.MetricName, "c_listed"), new(MatchKind.NotRegex, "zone", "a|c")]];
            var series = await s.Backend.SeriesAsync(by, s.Now - (10 * Minute), s.Now, 10, None);
            var names = await s.Backend.LabelNamesAsync(by, s.Now - (10 * Minute), s.Now, None);
            var values = await s.Backend.LabelValuesAsync("zone", [by[0].Take(1).ToArray()], s.Now - (10 * Minute), s.Now, None);
            return series is [var one] && one["rack"] == "1" && names.Contains("rack") && names.Contains("zone") && values.SequenceEqual(["a", "b"]);
        }),
        ("a stale marker ends a series", async s =>
        {
            await Write(s, Labels.Of("c_stale"), (s.Now - (2 * Minute), 1), (s.Now - Minute, StaleMarker.Value));
            return (await Vector(s, "c_stale", s.Now - Minute - 1)).Count == 1 && (await Vector(s, "c_stale", s.Now)).Count == 0;
        }),
        ("a sample out of order within the window is kept", async s =>
        {
            await Write(s, Labels.Of("c_late"), (s.Now - Minute, 2));
            await Write(s, Labels.Of("c_late"), (s.Now - (3 * Minute), 1));
            return await Close(s, "sum_over_time(c_late[10m])", 3);
        }),
        ("another value for an instant that is taken is refused, with its place; its neighbours are kept", async s =>
        {
            await Write(s, Labels.Of("c_conflict", ("n", "0")), (s.Now - Minute, 1));
            var request = new WriteRequest();
            for (int i = 0; i < 3; i++) request.Samples.Add(new FloatSample(Labels.Of("c_conflict", ("n", $"{(i == 1 ? 0 : i + 1)}")), s.Now - Minute, 7));
            var outcome = await s.Backend.AppendAsync(request, None);
            return outcome is { Rejected: 1, Accepted: 2, Rejections: [{ Index: 1, Kind: SampleKind.Float }] } && await Close(s, "sum(c_conflict)", 15, s.Now - Minute);
        }),
        ("native histograms are read back as written", async s =>
        {
            var written = Distribution(7, 1000);
            if (!await WriteHistogram(s, "c_native", (s.Now - Minute, written))) return false;
            return await Vector(s, "c_native", s.Now - Minute) is [{ Histogram: { } read }]
                && read.Count == written.Count && read.Sum == written.Sum && read.Scale == written.Scale
                && read.Positive.Indexes.SequenceEqual(written.Positive.Indexes) && read.Positive.Counts.SequenceEqual(written.Positive.Counts);
        }),
        ("histogram_quantile works over native histograms", async s =>
        {
            var recorder = new HistogramRecorder();
            for (int i = 1; i <= 1000; i++) recorder.Record(i / 1000.0);
            if (!await WriteHistogram(s, "c_quantile", (s.Now - Minute, recorder.ToHistogram()))) return false;
            return await Within(s, "histogram_quantile(0.9, c_quantile)", 0.9, 0.02);
        }),
        ("posted observations become cumulative histograms", async s =>
        {
            var request = new WriteRequest();
            for (int i = 0; i < 100; i++) request.Observations.Add(new Observation(Labels.Of("c_observed", ("service", "api")), s.Now - (2 * Minute) + (i * 100), 0.1 + (i * 0.01)));
            var outcome = await s.Backend.AppendAsync(request, None);
            if (outcome.Accepted != 100) return false;
            return await Close(s, "histogram_count(c_observed)", 100) && await Within(s, "histogram_quantile(0.5, c_observed)", 0.6, 0.02);
        }),
        ("metric and label names may be any UTF-8 text", async s =>
        {
            await Write(s, Labels.Of("c.utf8/ä", ("label.name", "x")), (s.Now - Minute, 5));
            return await Close(s, """{"c.utf8/ä", "label.name"="x"}""", 5, s.Now - Minute);
        }),
        ("a range is open on its left, as in Prometheus 3", async s =>
        {
            await Write(s, Labels.Of("c_open"), (s.Now - (2 * Minute), 1), (s.Now - Minute, 1));
            return await Close(s, "count_over_time(c_open[1m])", 1, s.Now - Minute);
        }),
        ("@ and offset pin and move a selector", async s =>
        {
            await Write(s, Labels.Of("c_pinned"), (s.Now - (8 * Minute), 8), (s.Now - Minute, 1));
            return await Close(s, FormattableString.Invariant($"c_pinned @ {(s.Now - (7 * Minute)) / 1000.0} + (c_pinned @ end() offset 6m) * 10"), 88);
        }),
        ("the look-back can be set for one request", async s =>
        {
            await Write(s, Labels.Of("c_back"), (s.Now - (2 * Minute), 1));
            await s.SettleAsync();
            var result = await s.Backend.QueryAsync("c_back", s.Now, new QueryOptions { LookbackMilliseconds = Minute }, None);
            return ((VectorValue)result.Value).Samples.Count == 0 && (await Vector(s, "c_back", s.Now)).Count == 1;
        }),
        ("what cannot be parsed is bad data", async s => await Fails(s, "sum(", PromqlErrorKind.BadData)),
        ("two series for one match are an execution error", async s =>
        {
            await Write(s, Labels.Of("c_many", ("job", "a"), ("i", "1")), (s.Now - Minute, 1));
            await Write(s, Labels.Of("c_many", ("job", "a"), ("i", "2")), (s.Now - Minute, 1));
            await s.SettleAsync();
            return await Fails(s, "c_many * on (job) c_many", PromqlErrorKind.Execution);
        }),
        ("a doubtful query is annotated", async s =>
        {
            await Write(s, Labels.Of("c_gauge"), (s.Now - (2 * Minute), 1), (s.Now - Minute, 2));
            await s.SettleAsync();
            return (await s.Backend.QueryAsync("rate(c_gauge[5m])", s.Now, None)).Infos.Count > 0;
        }),
        ("exemplars are kept", async s =>
        {
            var request = new WriteRequest();
            var series = Labels.Of("c_exemplars_total", ("job", "a"));
            request.Samples.Add(new FloatSample(series, s.Now - Minute, 1));
            request.Exemplars.Add(new Exemplar(series, Labels.From(new Label("trace_id", "4bf92f")), 0.25, s.Now - Minute));
            await s.Backend.AppendAsync(request, None);
            var found = await s.Backend.ExemplarsAsync("c_exemplars_total", s.Now - (5 * Minute), s.Now, None);
            return found is [{ Value: 0.25 } one] && one.Labels["trace_id"] == "4bf92f";
        }),
        ("metadata is kept", async s =>
        {
            var request = new WriteRequest();
            request.Samples.Add(new FloatSample(Labels.Of("c_described_total"), s.Now - Minute, 1));
            request.Metadata.Add(new MetricMetadata("c_described_total", "counter", "", "How often."));
            await s.Backend.AppendAsync(request, None);
            return (await s.Backend.MetadataAsync("c_described_total", 10, None)).Any(m => m is { Type: "counter", Help: "How often." });
        }),
    ];

    /// <summary>Whether a case holds; a refusal by the backend is a no.</summary>
    public static async Task<bool> HoldsAsync(Subject subject, Func<Subject, Task<bool>> holds)
    {
        try
        {
            return await holds(subject);
        }
        catch (Exception refusal) when (refusal is PromqlException or ProblemException)
        {
            return false;
        }
    }

    private static async Task Write(Subject s, Labels labels, params (long Time, double Value)[] samples)
    {
        var request = new WriteRequest();
        foreach (var (time, value) in samples) request.Samples.Add(new FloatSample(labels, time, value));
        await s.Backend.AppendAsync(request, None);
    }

    private static async Task<bool> WriteHistogram(Subject s, string name, (long Time, Histogram Value) sample)
    {
        var request = new WriteRequest();
        request.Histograms.Add(new HistogramSample(Labels.Of(name), sample.Time, sample.Value));
        return (await s.Backend.AppendAsync(request, None)).Rejected == 0;
    }

    private static async Task<IReadOnlyList<VectorSample>> Vector(Subject s, string query, long at)
    {
        await s.SettleAsync();
        return ((VectorValue)(await s.Backend.QueryAsync(query, at, None)).Value).Samples;
    }

    private static Task<bool> Close(Subject s, string query, double wanted, long? at = null) => Within(s, query, wanted, 1e-9, at);

    private static async Task<bool> Within(Subject s, string query, double wanted, double relative, long? at = null) =>
        await Vector(s, query, at ?? s.Now) is [{ Histogram: null } one] && Math.Abs(one.Value - wanted) <= relative * Math.Abs(wanted);

    private static async Task<bool> Fails(Subject s, string query, PromqlErrorKind kind)
    {
        try
        {
            await s.Backend.QueryAsync(query, s.Now, None);
            return false;
        }
        catch (PromqlException error)
        {
            return error.Kind == kind;
        }
    }

    private static Histogram Distribution(int seed, int count)
    {
        var random = new Random(seed);
        var recorder = new HistogramRecorder();
        for (int i = 0; i < count; i++) recorder.Record(Math.Exp(random.NextDouble() * 4));
        return recorder.ToHistogram();
    }
}
