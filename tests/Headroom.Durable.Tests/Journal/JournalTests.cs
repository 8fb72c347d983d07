using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Journals;

public sealed class JournalTests
{
    private readonly MemoryFileLayer _files = new();

    [Fact]
    public async Task Records_come_back_in_order_with_type_sequence_and_epoch()
    {
        await using (var journal = JournalLog.Open(_files, out _))
        {
            Assert.Equal(1, await journal.Append("one", type: 7));
            Assert.Equal(2, await journal.Append("", type: 0));
            Assert.Equal(3, await journal.Append("three", type: 255));
        }
        Assert.Equal([new(7, 1, 1, "one"), new(0, 2, 1, ""), new(255, 3, 1, "three")], await JournalLog.ReadBack(_files));
    }

    [Fact]
    public async Task Each_opening_writes_with_the_next_epoch()
    {
        for (int i = 1; i <= 3; i++)
        {
            await using var journal = JournalLog.Open(_files, out _);
            Assert.Equal(i, journal.Epoch);
            await journal.Append("x");
        }
        Assert.Equal([1L, 2L, 3L], (await JournalLog.ReadBack(_files)).Select(r => r.Epoch));
    }

    [Fact]
    public async Task A_given_epoch_is_used_and_a_lower_one_than_the_log_is_refused()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files) with { Epoch = 9 })) await journal.Append("x");
        Assert.Throws<ArgumentException>(() => JournalLog.Open(_files, out _, JournalLog.Options(_files) with { Epoch = 8 }));
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files) with { Epoch = 9 })) await journal.Append("y");
        Assert.Equal([9L, 9L], (await JournalLog.ReadBack(_files)).Select(r => r.Epoch));
    }

    [Fact]
    public async Task A_log_goes_over_many_segments_and_reads_as_one()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 100)))
        {
            for (int i = 0; i < 20; i++) await journal.Append($"record {i}");
            Assert.True(journal.SegmentCount > 5);
            Assert.Equal(journal.Bytes, _files.ListFiles(JournalLog.Directory).Where(f => f != "lock").Sum(f => _files.ReadAll($"{JournalLog.Directory}/{f}").Length));
        }
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"record {i}"), (await JournalLog.ReadBack(_files)).Select(r => r.Payload));
    }

    [Fact]
    public async Task A_batch_is_split_over_segments_at_record_borders()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 100)))
        {
            var entries = Enumerable.Range(0, 50).Select(i => new JournalEntry(1, Encoding.UTF8.GetBytes($"{i}"))).ToList();
            Assert.Equal(50, await journal.AppendAsync(entries, JournalLog.None));
            Assert.Equal(0, await journal.AppendAsync([], JournalLog.None));
            Assert.True(journal.SegmentCount > 10);
        }
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), (await JournalLog.ReadBack(_files)).Select(r => r.Payload));
    }

    [Fact]
    public async Task A_record_larger_than_a_segment_gets_one_of_its_own()
    {
        string large = new('x', 5000);
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 100)))
        {
            await journal.Append("small");
            await journal.Append(large);
            await journal.Append("small");
        }
        Assert.Equal(["small", large, "small"], (await JournalLog.ReadBack(_files)).Select(r => r.Payload));
    }

    [Fact]
    public async Task A_payload_over_the_limit_is_refused_and_nothing_of_its_batch_is_written()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files) with { MaxPayloadBytes = 10 }))
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await journal.Append("01234567890"));
            await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync(
                [new JournalEntry(1, new byte[10]), new JournalEntry(1, new byte[11])], JournalLog.None));
            await journal.Append("0123456789");
        }
        Assert.Equal(["0123456789"], (await JournalLog.ReadBack(_files)).Select(r => r.Payload));
    }

    [Fact]
    public async Task Checkpointed_segments_are_deleted_and_the_rest_still_reads()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 100)))
        {
            for (int i = 1; i <= 20; i++) await journal.Append($"{i}");
            int before = journal.SegmentCount;
            int deleted = journal.DeleteSegmentsBefore(11);
            Assert.True(deleted > 0);
            Assert.Equal(before - deleted, journal.SegmentCount);
            Assert.Equal(0, journal.DeleteSegmentsBefore(11));
        }
        await using (var journal = JournalLog.Open(_files, out var kept, JournalLog.Options(_files, segmentBytes: 100)))
        {
            Assert.Equal(20, kept[^1].Sequence);
            Assert.InRange(kept[0].Sequence, 2, 11);
            Assert.Equal(kept[0].Sequence, journal.Recovery.FirstSequence);
            Assert.True(journal.DeleteSegmentsBefore(long.MaxValue) > 0);
            Assert.Equal(1, journal.SegmentCount);
            Assert.Equal(21, await journal.Append("21"));
        }
        Assert.Equal(21, (await JournalLog.ReadBack(_files))[^1].Sequence);
    }

    [Fact]
    public async Task Records_of_many_writers_at_once_are_all_there_and_each_writers_in_its_order()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 4096) with { MaxPendingBytes = 200 }))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
            {
                for (int i = 0; i < 200; i++) await journal.Append($"{writer}:{i}");
            })));
        }
        var kept = await JournalLog.ReadBack(_files);
        Assert.Equal(1600, kept.Count);
        foreach (var writer in kept.GroupBy(r => r.Payload.Split(':')[0]))
            Assert.Equal(Enumerable.Range(0, 200), writer.Select(r => int.Parse(r.Payload.Split(':')[1])));
    }

    [Fact]
    public async Task Reading_beside_the_writer_sees_what_is_acknowledged()
    {
        await using var journal = JournalLog.Open(_files, out _);
        await journal.Append("seen");
        var payloads = new List<string>();
        var found = Journal.Read(JournalLog.Directory, (in JournalRecord r) => payloads.Add(Encoding.UTF8.GetString(r.Payload)), _files);
        Assert.Equal(["seen"], payloads);
        Assert.Equal(1, found.LastSequence);
    }

    [Fact]
    public async Task A_closed_log_takes_no_more_and_closing_twice_is_fine()
    {
        var journal = JournalLog.Open(_files, out _);
        await journal.DisposeAsync();
        await journal.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.Append("late"));
    }

    [Fact]
    public async Task Two_openers_of_one_log_are_kept_apart()
    {
        await using var first = JournalLog.Open(_files, out _);
        Assert.Throws<DirectoryLockedException>(() => JournalLog.Open(_files, out _));
    }

    [Fact]
    public async Task A_failed_opening_leaves_the_directory_unlocked()
    {
        await JournalLog.Write(_files, "x");
        Assert.Throws<InvalidDataException>(() => Journal.Open(JournalLog.Directory, JournalLog.Options(_files),
            (in JournalRecord _) => throw new InvalidDataException("the reader does not understand it")));
        Assert.Single(await JournalLog.ReadBack(_files));
    }

    [Fact]
    public void Any_sequence_of_records_reads_back_over_any_restarts()
    {
        Prop.ForAll<byte[][], byte>((payloads, seed) =>
        {
            var files = new MemoryFileLayer();
            var random = new Random(seed);
            var wanted = new List<byte[]>();
            int next = 0;
            while (next < payloads.Length)
            {
                var journal = Journal.Open(JournalLog.Directory, JournalLog.Options(files, segmentBytes: 64 + random.Next(200)));
                for (int count = random.Next(1, 6); count > 0 && next < payloads.Length; count--, next++)
                {
                    journal.AppendAsync(1, payloads[next], JournalLog.None).AsTask().GetAwaiter().GetResult();
                    wanted.Add(payloads[next]);
                }
                journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
            var read = new List<byte[]>();
            Journal.Read(JournalLog.Directory, (in JournalRecord r) => read.Add(r.Payload.ToArray()), files);
            return wanted.Count == read.Count && wanted.Zip(read).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();
    }
}
