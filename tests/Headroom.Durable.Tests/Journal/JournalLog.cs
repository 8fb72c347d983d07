using System.Text;
using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Journals;

/// <summary>A record as a test compares it.</summary>
public sealed record Kept(byte Type, long Sequence, long Epoch, string Payload);

/// <summary>Opens journals for tests and collects what they hold.</summary>
public static class JournalLog
{
    public const string Directory = "/log";

    public static readonly CancellationToken None = CancellationToken.None;

    public static JournalOptions Options(MemoryFileLayer files, JournalSync sync = JournalSync.Always, long segmentBytes = 1 << 20) =>
        new() { Files = files, Sync = sync, SegmentBytes = segmentBytes };

    public static Journal Open(MemoryFileLayer files, out List<Kept> kept, JournalOptions? options = null)
    {
        var records = kept = [];
        return Journal.Open(Directory, options ?? Options(files),
            (in JournalRecord r) => records.Add(new Kept(r.Type, r.Sequence, r.Epoch, Encoding.UTF8.GetString(r.Payload))));
    }

    public static async Task<List<Kept>> ReadBack(MemoryFileLayer files)
    {
        await using var journal = Open(files, out var kept);
        return kept;
    }

    public static ValueTask<long> Append(this Journal journal, string payload, byte type = 1) =>
        journal.AppendAsync(type, Encoding.UTF8.GetBytes(payload), None);

    /// <summary>A log with a few records of various lengths, one write each; gives the path of its segment.</summary>
    public static async Task<string> Write(MemoryFileLayer files, params string[] payloads)
    {
        await using var journal = Open(files, out _);
        foreach (string payload in payloads) await journal.Append(payload);
        return SegmentPath(files);
    }

    public static string SegmentPath(MemoryFileLayer files) =>
        $"{Directory}/{files.ListFiles(Directory).Last(name => name.EndsWith(".journal", StringComparison.Ordinal))}";
}
