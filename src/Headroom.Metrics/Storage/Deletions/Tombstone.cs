using System.Text.RegularExpressions;

namespace Headroom.Metrics.Storage;

/// <summary>
/// A deletion that blocks on disk still have to obey: samples of the series that satisfy every matcher, between two
/// instants (both included), in blocks up to a number. Blocks written later hold what was posted later, or were written
/// without what is deleted.
/// </summary>
/// <param name="Matchers">Which series.</param>
/// <param name="Start">Earliest time, Unix milliseconds.</param>
/// <param name="End">Latest time.</param>
/// <param name="Through">Number of the newest block it applies to.</param>
internal sealed record Tombstone(IReadOnlyList<LabelMatcher> Matchers, long Start, long End, long Through)
{
    /// <summary>Whether a block may hold something that is deleted.</summary>
    public bool AppliesTo(BlockMeta meta) => meta.Number <= Through && meta.First <= End && meta.Last >= Start;

    public void Write(ByteWriter into)
    {
        into.Int64(Start);
        into.Int64(End);
        into.Int64(Through);
        into.Unsigned((ulong)Matchers.Count);
        foreach (var matcher in Matchers)
        {
            into.Byte((byte)matcher.Kind);
            into.Text(matcher.Name);
            into.Text(matcher.Value);
        }
    }

    /// <exception cref="DecodeException">It is not what <see cref="Write"/> wrote.</exception>
    public static Tombstone Read(ref ByteReader reader)
    {
        var (start, end, through) = (reader.Int64(), reader.Int64(), reader.Int64());
        var matchers = new LabelMatcher[reader.Count(3)];
        for (int i = 0; i < matchers.Length; i++)
        {
            var kind = (MatchKind)reader.Int32(0, (int)MatchKind.NotRegex);
            try
            {
                matchers[i] = new LabelMatcher(kind, reader.Text(), reader.Text());
            }
            catch (Exception e) when (e is RegexParseException or NotSupportedException)
            {
                throw reader.Bad(e.Message);
            }
        }
        return new Tombstone(matchers, start, end, through);
    }
}
