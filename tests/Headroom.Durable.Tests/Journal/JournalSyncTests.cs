using System.Text;
using Headroom.Durable.Tests.Files;
using Headroom.TestKit;

namespace Headroom.Durable.Tests.Journals;

public sealed class JournalSyncTests
{
    private readonly MemoryFileLayer _files = new();

    [Fact]
    public async Task With_always_an_acknowledged_record_survives_power_loss()
    {
        await using var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Always, segmentBytes: 100));
        for (int i = 1; i <= 20; i++)
        {
            await journal.Append($"{i}");
            Assert.Equal(i, (await JournalLog.ReadBack(_files.AfterPowerLoss())).Count);
        }
    }

    [Theory]
    [InlineData(JournalSync.Always)]
    [InlineData(JournalSync.Interval)]
    [InlineData(JournalSync.Never)]
    public async Task In_every_mode_an_acknowledged_record_survives_the_death_of_the_process(JournalSync sync)
    {
        await using var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, sync, segmentBytes: 100));
        for (int i = 1; i <= 20; i++)
        {
            await journal.Append($"{i}");
            Assert.Equal(i, (await JournalLog.ReadBack(_files.AfterKill())).Count);
        }
    }

    [Fact]
    public async Task With_interval_the_records_are_synced_when_the_interval_has_passed()
    {
        var clock = new VirtualTimeProvider();
        var synced = new TaskCompletionSource();
        await using var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Interval) with { TimeProvider = clock });
        await journal.Append("x");
        Assert.Empty(await JournalLog.ReadBack(_files.AfterPowerLoss()));

        clock.Advance(TimeSpan.FromMilliseconds(999));
        int before = _files.Syncs;
        _files.OnOperation = (name, _) => { if (name == "sync") synced.TrySetResult(); };
        Assert.Equal(before, _files.Syncs);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await synced.Task;
        await journal.FlushAsync(JournalLog.None);
        Assert.Single(await JournalLog.ReadBack(_files.AfterPowerLoss()));
    }

    [Fact]
    public async Task With_never_only_finished_segments_and_flushes_are_synced()
    {
        await using var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Never));
        int before = _files.Syncs;
        await journal.Append("x");
        Assert.Equal(before, _files.Syncs);
        await journal.FlushAsync(JournalLog.None);
        Assert.Equal(before + 1, _files.Syncs);
        await journal.FlushAsync(JournalLog.None);
        Assert.Equal(before + 1, _files.Syncs);
    }

    [Fact]
    public async Task Records_that_wait_together_share_one_sync()
    {
        await using var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Always));
        using var hold = new ManualResetEventSlim();
        using var writing = new ManualResetEventSlim();
        _files.OnOperation = (name, _) =>
        {
            if (name != "sync") return;
            writing.Set();
            hold.Wait(JournalLog.None);
        };
        var first = journal.Append("first").AsTask();
        writing.Wait(JournalLog.None);
        int before = _files.Syncs;
        var rest = Enumerable.Range(0, 100).Select(i => journal.Append($"{i}").AsTask()).ToList();
        Assert.DoesNotContain(rest, task => task.IsCompleted);
        hold.Set();
        await Task.WhenAll(rest);
        await first;
        Assert.Equal(before + 2, _files.Syncs);
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_loses_nothing()
    {
        await using var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Never) with { MaxPendingBytes = 100 });
        using var hold = new ManualResetEventSlim();
        using var writing = new ManualResetEventSlim();
        _files.OnOperation = (name, _) =>
        {
            if (name != "write") return;
            writing.Set();
            hold.Wait(JournalLog.None);
        };
        var first = journal.Append("first").AsTask();
        writing.Wait(JournalLog.None);
        Assert.True(journal.TryAppend(1, new byte[60], out var queued));
        Assert.False(journal.TryAppend(1, new byte[60], out _));
        var waiting = journal.WaitForRoomAsync(60, JournalLog.None);
        Assert.False(waiting.IsCompleted);
        using var cancelled = new CancellationTokenSource();
        var abandoned = journal.AppendAsync(1, new byte[60], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        hold.Set();
        await waiting;
        await first;
        await queued.Written;
        Assert.Equal(3, await journal.Append("third"));
    }

    [Fact]
    public async Task Closing_writes_what_still_waits()
    {
        var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, JournalSync.Interval));
        var tasks = Enumerable.Range(0, 100).Select(i => journal.AppendAsync(1, Encoding.UTF8.GetBytes($"{i}"), JournalLog.None).AsTask()).ToList();
        await journal.DisposeAsync();
        await Task.WhenAll(tasks);
        Assert.Equal(100, (await JournalLog.ReadBack(_files.AfterPowerLoss())).Count);
    }
}
