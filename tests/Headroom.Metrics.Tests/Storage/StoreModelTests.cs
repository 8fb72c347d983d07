using Headroom.Metrics.Storage;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

public sealed class StoreModelTests
{
    private static readonly string[] Kinds = ["float", "float2", "observed", "observed2", "histogram", "mixed"];
    private static readonly string[] Plain = ["float", "float2", "histogram", "mixed", "rare"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1" ? 300 : 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Any_interleaving_of_writes_flushes_merges_and_restarts_answers_as_the_plain_model(int seed)
    {
        var random = new Random(seed);
        var model = new StoreModel();
        await using var fixture = Opened(change: o => o with { CompactionBlocks = 2 + random.Next(3), SegmentBytes = 200 + random.Next(20_000) });
        // A narrow span of time makes collisions and reaching back common, a wide one makes many chunks.
        long span = random.Next(3) switch { 0 => 200, 1 => 100_000, _ => 3_000_000 };
        long clock = Now;
        string kindOf() => Plain[random.Next(Plain.Length)];
        for (int step = 0; step < 60; step++)
        {
            switch (random.Next(10))
            {
                case 0: await fixture.Store.FlushAsync(None); break;
                case 1: await fixture.Store.CompactAsync(all: random.Next(3) == 0, None); break;
                case 2: await fixture.Restart(); break;
                case 3: Compare(model, fixture, random, span); break;
                case 9 when seed % 2 == 0 && random.Next(2) == 0:
                    long start = Now + random.NextInt64(span * 2);
                    long end = start + random.NextInt64(span);
                    string pattern = random.Next(3) == 0 ? ".*" : random.Next(2) == 0 ? "float.*" : kindOf();
                    model.Delete(name => System.Text.RegularExpressions.Regex.IsMatch(name, $"^({pattern})$"), start, end);
                    await fixture.Store.DeleteAsync([[new LabelMatcher(MatchKind.Regex, Labels.MetricName, pattern)]], start, end, None);
                    break;
                case 4 when seed % 2 == 0: fixture.Clock.Advance(TimeSpan.FromMinutes(random.Next(100))); break;
                default:
                    clock += random.NextInt64(span / 4 + 1);
                    // Where the clock moves, idle distributions may freeze early, which the model does not know.
                    var request = Request(random, span, clock, seed % 2 == 0 ? Plain : Kinds);
                    var wanted = model.Apply(request);
                    var outcome = await fixture.Store.AppendAsync(request, None);
                    Assert.Equal(wanted.Take(100), outcome.Rejections.Select(r => r.Code));
                    Assert.Equal((request.Count - wanted.Count, wanted.Count), (outcome.Accepted, outcome.Rejected));
                    break;
            }
        }
        Compare(model, fixture, random, span);
        await fixture.Restart();
        Compare(model, fixture, random, span);
    }

    private static WriteRequest Request(Random random, long span, long clock, string[] kinds)
    {
        var request = new WriteRequest();
        bool inOrder = random.Next(2) == 0;
        int count = random.Next(4) switch { 0 => 1, 1 => 400, _ => random.Next(60) };
        for (int i = 0; i < count; i++)
        {
            string kind = kinds[random.Next(kinds.Length)];
            // Observations move on with a clock; others may lie anywhere.
            long time = kind.StartsWith("observed", StringComparison.Ordinal) ? clock + random.NextInt64(span / 4 + 1) - random.NextInt64(span / 4 + 1)
                : inOrder ? clock + i * (span / 500 + 1) : Now + random.NextInt64(span * 2);
            if (kind == "rare" && random.Next(30) > 0) continue;
            double value = random.Next(4) == 0 ? random.Next(3) - 1 : Math.Round(random.NextDouble() * 100, 3);
            var note = random.Next(5) == 0 ? new SampleNote($"{{\"n\":{random.Next(4)}}}", random.Next(2) == 0 ? null : $"id{random.Next(300)}", random.Next(2) == 0 ? null : "ms") : null;
            if (random.Next(40) == 0) kind = kinds[random.Next(kinds.Length)];
            if (kind.StartsWith("observed", StringComparison.Ordinal)) request.Observations.Add(new Observation(Of(kind), time, value, note));
            else if (kind == "histogram" || (kind == "mixed" && random.Next(2) == 0)) request.Histograms.Add(new HistogramSample(Of(kind), time, Histogram(value, random.Next(3))));
            else request.Samples.Add(new FloatSample(Of(kind), time, value, note));
        }
        return request;
    }

    private static void Compare(StoreModel model, StoreFixture fixture, Random random, long span)
    {
        Compare(model, fixture, 0, long.MaxValue);
        long min = Now + random.NextInt64(span * 2);
        Compare(model, fixture, min, min + random.NextInt64(span));

        var wanted = model.ReadRaw(0, long.MaxValue);
        var pages = new List<string>();
        string? cursor = null;
        do
        {
            var page = fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 1 + random.Next(400), cursor);
            pages.AddRange(page.Samples.Select(s => s.ToString()));
            cursor = page.NextCursor;
        } while (cursor is not null);
        Assert.Equal(wanted, pages);
    }

    private static void Compare(StoreModel model, StoreFixture fixture, long min, long max)
    {
        var read = new List<string>();
        foreach (var series in fixture.Store.Select([], min, max))
        {
            var samples = Samples(series, min, max);
            var parts = new List<string> { series.Labels.Name };
            for (int i = 0; i < samples.Count; i++)
                parts.Add($"{samples.Times[i]}={(samples.HistogramAt(i) is { } h ? StoreModel.Describe(h) : samples.Values[i])}");
            if (parts.Count > 1) read.Add(string.Join(' ', parts));
        }
        Assert.Equal(model.Read(min, max), read);
    }
}
