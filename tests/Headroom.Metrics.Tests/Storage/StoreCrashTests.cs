using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Durable.Tests.Files;
using Headroom.Metrics.Storage;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

/// <summary>
/// Stops the store at every byte of its log and at every step of a flush and a merge, and looks what is left.
/// </summary>
public sealed class StoreCrashTests
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1";
    private static readonly SampleNote Note = new("""{"region":"eu"}""", "id-1", "ms");

    [Fact]
    public async Task A_log_torn_at_any_byte_gives_back_each_request_wholly_or_not_at_all()
    {
        var files = new MemoryFileLayer();
        var ends = new List<(int Length, string Content)>();
        string log = $"{StoreFixture.Directory}/wal/{1.ToString("d20", CultureInfo.InvariantCulture)}.journal";
        await using (var fixture = Opened(files, o => o with { SegmentBytes = 1 << 20 }))
        {
            ends.Add((0, ""));
            foreach (var request in Requests())
            {
                await fixture.Store.AppendAsync(request, None);
                ends.Add((files.ReadAll(log).Length, Everything(fixture)));
            }
        }
        byte[] whole = files.ReadAll(log);
        for (int length = 0; length <= whole.Length; length++)
        {
            var torn = files.AfterKill();
            torn.WriteAll(log, whole.AsSpan(0, length));
            await using var fixture = Opened(torn);
            Assert.Equal(ends.Last(end => end.Length <= length).Content, Everything(fixture));
            Assert.Equal(1, (await fixture.Write(new FloatSample(Of("after"), Now, 1))).Accepted);
        }
    }

    [Fact]
    public async Task A_crash_at_any_step_of_flush_and_merge_loses_nothing_and_doubles_nothing()
    {
        int steps = 0;
        for (int die = 0; ; die++)
        {
            var files = new MemoryFileLayer();
            string wanted;
            var fixture = Opened(files, o => o with { Sync = Durable.JournalSync.Always });
            // Half before an earlier flush, so that there is an old block, checkpoint and manifest to replace.
            foreach (var request in Requests().Take(3)) await fixture.Store.AppendAsync(request, None);
            await fixture.Store.FlushAsync(None);
            foreach (var request in Requests().Skip(3)) await fixture.Store.AppendAsync(request, None);
            wanted = Everything(fixture);
            files.DieAfterOperations = files.Operations + die;
            try
            {
                await fixture.Store.FlushAsync(None);
                await fixture.Store.CompactAsync(all: true, None);
            }
            catch (ProblemException) { }
            Assert.Equal(wanted, Everything(fixture));

            foreach (var survivor in new[] { files.AfterKill(), files.AfterPowerLoss() })
            {
                await using var after = Opened(survivor);
                Assert.Equal(wanted, Everything(after));
                // What the crash left does not stand in the way of the next flush, and repeated ids are still known.
                Assert.Equal(1, (await after.Write(new FloatSample(Of("noted"), Now + 99, 99, Note))).Repeated);
                await after.Write(new FloatSample(Of("after"), Now, 1));
                await after.Store.FlushAsync(None);
                await after.Store.CompactAsync(all: true, None);
                await after.Restart();
                Assert.Equal(wanted, Everything(after, without: "after"));
                Assert.Equal([1], after.Only("after").Values.ToArray());
            }
            if (!files.Dead) break;
            steps++;
        }
        Assert.InRange(steps, 25, 200);
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_roll_up_or_a_deletion_loses_nothing_and_doubles_nothing()
    {
        int steps = 0;
        for (int die = 0; ; die++)
        {
            var files = new MemoryFileLayer();
            Func<EmbeddedStoreOptions, EmbeddedStoreOptions> change = o => o with { Sync = Durable.JournalSync.Always, Retention = new(TimeSpan.FromDays(1), TimeSpan.FromDays(4), TimeSpan.FromDays(40)) };
            var fixture = Opened(files, change);
            var request = new WriteRequest();
            for (int i = 0; i < 40; i++)
            {
                foreach (string name in (string[])["kept", "deleted"])
                    request.Samples.Add(new FloatSample(Of(name), Now - 8 * Day + i * Day / 5, i % 3));
                if (i % 20 != 19) continue;
                await fixture.Store.AppendAsync(request, None);
                await fixture.Store.FlushAsync(None);
                request = new WriteRequest();
            }
            files.DieAfterOperations = files.Operations + die;
            bool deleted = false;
            try
            {
                await fixture.Store.CompactAsync(all: false, None);
                await fixture.Store.DeleteAsync([[Name("deleted")]], Now - 9 * Day, Now - Day, None);
                deleted = true;
                await fixture.Store.CompactAsync(all: true, None);
            }
            catch (ProblemException) { }

            foreach (var survivor in new[] { files.AfterKill(), files.AfterPowerLoss() })
            {
                await using var after = Opened(survivor, change);
                for (int round = 0; round < 2; round++)
                {
                    Assert.Equal(40, CountOf(after, "kept"));
                    double left = CountOf(after, "deleted");
                    Assert.True(deleted ? left == 4 : left is 4 or 40, $"{left} of the samples are left after {die} steps");
                    // And what comes next goes well.
                    await after.Store.CompactAsync(all: true, None);
                    await after.Restart();
                }
            }
            await fixture.DisposeAsync();
            if (!files.Dead) break;
            steps++;
        }
        Assert.InRange(steps, 50, 400);
    }

    // Of what was rolled up, how many samples there were.
    private static double CountOf(StoreFixture fixture, string metric)
    {
        var counts = new SampleBuffer();
        foreach (var series in fixture.Store.Select([Name(metric)], 0, long.MaxValue)) series.Read(0, long.MaxValue, counts, SampleAggregate.Count);
        return counts.Values.ToArray().Sum();
    }

    [Fact]
    public async Task Power_loss_with_always_keeps_every_acknowledged_request()
    {
        var files = new MemoryFileLayer();
        await using var fixture = Opened(files, o => o with { Sync = Durable.JournalSync.Always });
        foreach (var request in Requests())
        {
            await fixture.Store.AppendAsync(request, None);
            await using var after = Opened(files.AfterPowerLoss());
            Assert.Equal(Everything(fixture), Everything(after));
        }
    }

    [Theory]
    [InlineData("meta")]
    [InlineData("index")]
    [InlineData("chunks")]
    [InlineData("manifest")]
    [InlineData("checkpoint-000000000001")]
    public async Task A_flipped_bit_anywhere_in_a_block_is_refused_with_its_file(string file)
    {
        var files = new MemoryFileLayer();
        string wanted;
        await using (var fixture = Opened(files))
        {
            foreach (var request in Requests()) await fixture.Store.AppendAsync(request, None);
            await fixture.Store.FlushAsync(None);
            wanted = Everything(fixture);
        }
        string path = file is "meta" or "index" or "chunks" ? $"{StoreFixture.Directory}/blocks/000000000001/{file}" : $"{StoreFixture.Directory}/{file}";
        byte[] whole = files.ReadAll(path);
        for (int at = 0; at < whole.Length; at += at < 32 || Long ? 1 : 3)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            var damaged = files.AfterKill();
            damaged.WriteAll(path, flipped);
            var problem = Assert.Throws<ProblemException>(() => Opened(damaged)).Problems[0];
            Assert.Contains(problem.Code, new[] { "store-damaged", "store-newer" });
            Assert.StartsWith(path, problem.Where);
        }
    }

    [Fact]
    public async Task A_chunk_that_was_not_checked_at_the_start_is_refused_when_it_is_read()
    {
        var files = new MemoryFileLayer();
        await using (var fixture = Opened(files))
        {
            foreach (var request in Requests()) await fixture.Store.AppendAsync(request, None);
            await fixture.Store.FlushAsync(None);
        }
        string path = $"{StoreFixture.Directory}/blocks/000000000001/chunks";
        byte[] bytes = files.ReadAll(path);
        bytes[^1] ^= 1;
        files.WriteAll(path, bytes);
        await using var damaged = Opened(files, o => o with { VerifyBytes = 0 });
        var series = damaged.Store.Select([], 0, long.MaxValue);
        foreach (var refused in (Action[])[() => series.ToList().ForEach(s => Samples(s)), () => damaged.Store.VerifyAsync(None).GetAwaiter().GetResult()])
        {
            var problem = Assert.Throws<ProblemException>(refused).Problems[0];
            Assert.Equal("store-damaged", problem.Code);
            Assert.StartsWith(path, problem.Where);
        }
    }

    [Theory]
    [InlineData("blocks/000000000001/meta")]
    [InlineData("blocks/000000000001/index")]
    [InlineData("blocks/000000000001/chunks")]
    [InlineData("manifest")]
    [InlineData("checkpoint-000000000001")]
    public async Task A_missing_file_is_refused_by_name(string file)
    {
        var files = new MemoryFileLayer();
        await using (var fixture = Opened(files))
        {
            foreach (var request in Requests()) await fixture.Store.AppendAsync(request, None);
            await fixture.Store.FlushAsync(None);
        }
        files.DeleteFile($"{StoreFixture.Directory}/{file}");
        var problem = Assert.Throws<ProblemException>(() => Opened(files)).Problems[0];
        Assert.Equal(("store-damaged", $"{StoreFixture.Directory}/{file}, byte 0"), (problem.Code, problem.Where));
        Assert.Contains("the file is missing", problem.What);
    }

    [Fact]
    public async Task A_lost_log_is_refused_instead_of_started_anew()
    {
        var files = new MemoryFileLayer();
        await using (var fixture = Opened(files))
        {
            foreach (var request in Requests()) await fixture.Store.AppendAsync(request, None);
            await fixture.Store.FlushAsync(None);
        }
        files.DeleteDirectory($"{StoreFixture.Directory}/wal");
        Assert.Equal("store-damaged", Assert.Throws<ProblemException>(() => Opened(files)).Problems[0].Code);
    }

    [Fact]
    public async Task A_damaged_log_is_refused_with_file_and_byte()
    {
        var files = new MemoryFileLayer();
        await using (var fixture = Opened(files))
            foreach (var request in Requests()) await fixture.Store.AppendAsync(request, None);
        string log = $"{StoreFixture.Directory}/wal/{files.ListFiles($"{StoreFixture.Directory}/wal")[0]}";
        byte[] bytes = files.ReadAll(log);
        bytes[40] ^= 1;
        files.WriteAll(log, bytes);
        var problem = Assert.Throws<ProblemException>(() => Opened(files)).Problems[0];
        Assert.Equal(("store-damaged", $"{log}, byte 32"), (problem.Code, problem.Where));
    }

    private static IEnumerable<WriteRequest> Requests()
    {
        for (int i = 0; i < 6; i++)
        {
            var request = new WriteRequest();
            request.Samples.Add(new FloatSample(Of("plain"), Now + i * 100, i));
            request.Samples.Add(new FloatSample(Of("noted"), Now + i, i, i == 1 ? Note : null));
            request.Observations.Add(new Observation(Of("observed"), Now + i * 200_000, i + 0.5, i == 2 ? Note : null));
            request.Histograms.Add(new HistogramSample(Of("histogram"), Now - i, Histogram(i, 2 * i)));
            request.Exemplars.Add(new Exemplar(Of("plain"), Labels.From(new Label("trace_id", $"t{i}")), i, Now + i));
            if (i % 2 == 0) request.Metadata.Add(new MetricMetadata("plain", "gauge", "", $"said {i}"));
            if (i == 4) request.Samples.Add(new FloatSample(Of("late"), Now - 50, 1));
            yield return request;
        }
    }

    // All raw entries and all series with their samples, as text.
    private static string Everything(StoreFixture fixture, string without = "")
    {
        var raw = fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 1000).Samples.Where(s => s.Labels.Name != without);
        var series = fixture.Store.Select([new LabelMatcher(MatchKind.NotEqual, Labels.MetricName, without)], 0, long.MaxValue);
        return string.Join('\n', [.. raw.Select(s => s.ToString()), .. series.Select(s => Text(s, 0, long.MaxValue)),
            .. fixture.Store.Exemplars([[]], 0, long.MaxValue).Select(e => e.ToString()), .. fixture.Store.Metadata(null, 10).Select(m => m.ToString())]);
    }
}
