using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Journals;

public sealed class JournalFailureTests
{
    private readonly MemoryFileLayer _files = new();

    [Fact]
    public async Task A_failed_sync_is_told_to_the_caller_and_never_tried_again()
    {
        var journal = JournalLog.Open(_files, out _);
        await journal.Append("kept");
        _files.FailSyncs = true;
        var failure = await Assert.ThrowsAsync<JournalFaultedException>(async () => await journal.Append("lost"));
        Assert.Contains("takes no more writes: Input/output error", failure.Message);
        int syncs = _files.Syncs;

        _files.FailSyncs = false;
        await Assert.ThrowsAsync<JournalFaultedException>(async () => await journal.Append("more"));
        await Assert.ThrowsAsync<JournalFaultedException>(() => journal.FlushAsync(JournalLog.None));
        Assert.NotNull(journal.Fault);
        await journal.DisposeAsync();
        Assert.Equal(syncs, _files.Syncs);
        Assert.Equal(["kept"], (await JournalLog.ReadBack(_files.AfterPowerLoss())).Select(r => r.Payload));
    }

    [Fact]
    public async Task A_failed_interval_sync_makes_the_log_read_only()
    {
        var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Interval));
        await journal.Append("acknowledged after the write");
        _files.FailSyncs = true;
        await Assert.ThrowsAsync<JournalFaultedException>(() => journal.FlushAsync(JournalLog.None));
        await Assert.ThrowsAsync<JournalFaultedException>(async () => await journal.Append("more"));
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task A_full_disk_fails_the_caller_and_keeps_exactly_what_was_acknowledged()
    {
        for (int budget = 0; budget < 120; budget++)
        {
            var files = new MemoryFileLayer();
            var journal = JournalLog.Open(files, out _);
            await journal.Append("before");
            files.WriteBudget = budget;
            int acknowledged = 1;
            try
            {
                for (int i = 0; i < 10; i++)
                {
                    await journal.Append($"record {i}");
                    acknowledged++;
                }
                Assert.Fail("the disk should have been full");
            }
            catch (JournalFaultedException) { }
            await journal.DisposeAsync();
            files.WriteBudget = null;

            await using var again = JournalLog.Open(files, out var kept);
            Assert.Equal(acknowledged, kept.Count);
            Assert.Equal(acknowledged + 1, await again.Append("after"));
        }
    }

    [Fact]
    public async Task All_callers_of_a_failed_group_and_all_behind_it_are_told()
    {
        var journal = JournalLog.Open(_files, out _);
        _files.FailSyncs = true;
        var tasks = Enumerable.Range(0, 50).Select(async i =>
        {
            try
            {
                await journal.Append($"{i}");
                return false;
            }
            catch (JournalFaultedException)
            {
                return true;
            }
        }).ToList();
        Assert.All(await Task.WhenAll(tasks), Assert.True);
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_operation_the_process_dies_at_what_was_acknowledged_is_there_and_nothing_else()
    {
        int steps = 0;
        for (int die = 0; ; die++)
        {
            var files = new MemoryFileLayer { DieAfterOperations = die };
            int acknowledged = 0;
            int tried = 0;
            try
            {
                var journal = JournalLog.Open(files, out _, JournalLog.Options(files, segmentBytes: 100));
                for (int i = 1; i <= 12; i++)
                {
                    tried = i;
                    await journal.Append($"{i}");
                    acknowledged = i;
                    if (i == 8) journal.DeleteSegmentsBefore(5);
                }
                await journal.DisposeAsync();
            }
            catch (IOException) { }

            foreach (var survivor in new[] { files.AfterKill(), files.AfterPowerLoss() })
            {
                await using var journal = JournalLog.Open(survivor, out var kept);
                long last = kept.Count == 0 ? 0 : kept[^1].Sequence;
                Assert.InRange(last, acknowledged, tried);
                Assert.All(kept, record => Assert.Equal($"{record.Sequence}", record.Payload));
                if (kept.Count > 0) Assert.InRange(kept[0].Sequence, 1, 5);
            }
            if (!files.Dead) break;
            steps++;
        }
        Assert.True(steps > 30);
    }
}
