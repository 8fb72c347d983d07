using System.Globalization;
using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Journals;

public sealed class JournalGoldenTests
{
    // A log of format version 1, computed from the format's description and not by this program: header, then one
    // record a line. It never changes: a program that cannot read it any more cannot read its users' data.
    private const string Version1 =
        "4844524d4a524e4c0100200000000000010000000000000000000000ed2fd957" +
        "01000000368c0d7a070100000000000000010000000000000061" +
        "00000000bb7092660002000000000000000100000000000000" +
        "06000000312c89cbff0300000000000000020000000000000068c3a96c6c6f";

    private static readonly string Path = $"{JournalLog.Directory}/{1.ToString("d20", CultureInfo.InvariantCulture)}.journal";

    private readonly MemoryFileLayer _files = new();

    [Fact]
    public async Task The_log_of_format_version_1_reads()
    {
        _files.WriteAll(Path, Convert.FromHexString(Version1));
        Assert.Equal([new(7, 1, 1, "a"), new(0, 2, 1, ""), new(255, 3, 2, "h\u00e9llo")], await JournalLog.ReadBack(_files));
    }

    [Fact]
    public async Task The_same_records_are_written_as_the_same_bytes()
    {
        await using (var journal = JournalLog.Open(_files, out _))
        {
            await journal.Append("a", type: 7);
            await journal.Append("", type: 0);
        }
        await using (var journal = JournalLog.Open(_files, out _)) await journal.Append("h\u00e9llo", type: 255);
        Assert.Equal(Version1, Convert.ToHexStringLower(_files.ReadAll(Path)));
    }
}
