using System.Buffers.Binary;
using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Journals;

public sealed class JournalDamageTests
{
    private const int Header = 32;
    private const int Overhead = 25;
    private readonly MemoryFileLayer _files = new();

    [Fact]
    public async Task A_log_torn_at_any_byte_keeps_every_whole_record_and_can_be_continued()
    {
        string path = await JournalLog.Write(_files, "a", "", "ccc", "a longer record than the others");
        byte[] whole = _files.ReadAll(path);
        int[] ends = [Header, Header + Overhead + 1, Header + (2 * Overhead) + 1, Header + (3 * Overhead) + 4, whole.Length];
        for (int length = 0; length <= whole.Length; length++)
        {
            var files = new MemoryFileLayer();
            files.WriteAll(path, whole.AsSpan(0, length));
            int expected = Math.Max(0, ends.Count(end => end <= length) - 1);
            await using (var journal = JournalLog.Open(files, out var kept))
            {
                Assert.Equal(expected, kept.Count);
                Assert.Equal(length - (length < Header ? 0 : ends[expected]), journal.Recovery.BytesCut);
                Assert.Equal(journal.Recovery.BytesCut > 0 ? path : null, journal.Recovery.CutFile);
                Assert.Equal(expected + 1, await journal.Append("next"));
            }
            Assert.Equal("next", (await JournalLog.ReadBack(files))[^1].Payload);
        }
    }

    [Fact]
    public async Task A_tail_of_zeros_or_garbage_is_cut()
    {
        string path = await JournalLog.Write(_files, "a", "b");
        byte[] whole = _files.ReadAll(path);
        var random = new Random(5);
        foreach (int extra in new[] { 1, 24, 25, 26, 4096 })
            foreach (bool zeros in new[] { true, false })
            {
                var garbage = new byte[extra];
                if (!zeros) random.NextBytes(garbage);
                var files = new MemoryFileLayer();
                files.WriteAll(path, [.. whole, .. garbage]);
                await using var journal = JournalLog.Open(files, out var kept);
                Assert.Equal(2, kept.Count);
                Assert.Equal(extra, journal.Recovery.BytesCut);
            }
    }

    [Fact]
    public async Task A_flipped_bit_before_the_last_record_is_refused_with_the_records_offset()
    {
        string path = await JournalLog.Write(_files, "a", "bb", "ccc");
        byte[] whole = _files.ReadAll(path);
        int second = Header + Overhead + 1;
        int third = second + Overhead + 2;
        for (int at = 0; at < third; at++)
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = [.. whole];
                flipped[at] ^= (byte)(1 << bit);
                var files = new MemoryFileLayer();
                files.WriteAll(path, flipped);
                var damage = Assert.Throws<JournalDamagedException>(() => JournalLog.Open(files, out _));
                Assert.Equal(path, damage.File);
                Assert.Equal(at < Header ? 0 : at < second ? Header : second, damage.Offset);
                Assert.Contains($"'{path}' is damaged at byte {damage.Offset}: ", damage.Message);
                Assert.Equal(flipped, files.ReadAll(path));
            }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_last_record_looks_like_a_torn_write_and_is_cut()
    {
        string path = await JournalLog.Write(_files, "a", "bb");
        byte[] whole = _files.ReadAll(path);
        for (int at = Header + Overhead + 1; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x10;
            var files = new MemoryFileLayer();
            files.WriteAll(path, flipped);
            Assert.Single(await JournalLog.ReadBack(files));
        }
    }

    [Fact]
    public async Task Damage_at_the_end_of_a_segment_that_is_not_the_last_is_refused()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 100)))
            for (int i = 0; i < 9; i++) await journal.Append($"{i}");
        string first = $"{JournalLog.Directory}/{_files.ListFiles(JournalLog.Directory)[0]}";
        byte[] bytes = _files.ReadAll(first);
        _files.WriteAll(first, bytes.AsSpan(0, bytes.Length - 1));
        var damage = Assert.Throws<JournalDamagedException>(() => JournalLog.Open(_files, out _));
        Assert.Equal(first, damage.File);
        Assert.Equal(Header + Overhead + 1, damage.Offset);
    }

    [Fact]
    public async Task A_missing_segment_is_refused()
    {
        await using (var journal = JournalLog.Open(_files, out _, JournalLog.Options(_files, segmentBytes: 100)))
            for (int i = 0; i < 9; i++) await journal.Append($"{i}");
        _files.DeleteFile($"{JournalLog.Directory}/{_files.ListFiles(JournalLog.Directory)[1]}");
        var damage = Assert.Throws<JournalDamagedException>(() => JournalLog.Open(_files, out _));
        Assert.Contains("the log before it ends with 2", damage.Message);
    }

    [Fact]
    public async Task A_newer_format_is_refused_by_name()
    {
        string path = await JournalLog.Write(_files, "a");
        byte[] bytes = _files.ReadAll(path);
        bytes[8] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Crc32C.Compute(bytes.AsSpan(0, 28)));
        _files.WriteAll(path, bytes);
        var newer = Assert.Throws<FormatVersionException>(() => JournalLog.Open(_files, out _));
        Assert.Equal($"'{path}' has format version 2; this program reads versions up to 1", newer.Message);
    }

    [Fact]
    public async Task Records_of_a_writer_that_was_fenced_off_are_refused()
    {
        string path = await JournalLog.Write(_files, "a");
        byte[] bytes = _files.ReadAll(path);
        var stale = new byte[Overhead];
        BinaryPrimitives.WriteInt64LittleEndian(stale.AsSpan(9), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(stale.AsSpan(4), Crc32C.Compute(stale.AsSpan(8), Crc32C.Compute(stale.AsSpan(0, 4))));
        _files.WriteAll(path, [.. bytes, .. stale]);
        var damage = Assert.Throws<JournalDamagedException>(() => JournalLog.Open(_files, out _));
        Assert.Equal(bytes.Length, damage.Offset);
        Assert.Contains("fenced off", damage.Message);
    }
}
