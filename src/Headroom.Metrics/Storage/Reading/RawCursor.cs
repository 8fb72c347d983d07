using System.Buffers.Text;
using System.Text;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Storage;

/// <summary>
/// A place in the order of raw samples: time descending, then the hash of the series' labels, then the later arrival
/// first. None of the three ever changes for a sample, so a cursor stays good over new samples, flushes and restarts.
/// </summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Series">Hash of the labels.</param>
/// <param name="Arrival">Number of earlier arrivals with the same time in the same series.</param>
internal readonly record struct RawCursor(long Time, ulong Series, int Arrival) : IComparable<RawCursor>
{
    private const byte Version = 1;

    public int CompareTo(RawCursor other) =>
        Time != other.Time ? other.Time.CompareTo(Time)
        : Series != other.Series ? Series.CompareTo(other.Series)
        : other.Arrival.CompareTo(Arrival);

    public override string ToString()
    {
        var into = new ByteWriter();
        into.Byte(Version);
        into.Signed(Time);
        into.Int64((long)Series);
        into.Unsigned((ulong)Arrival);
        return Base64Url.EncodeToString(into.Written);
    }

    /// <exception cref="ProblemException">The text is not a cursor.</exception>
    public static RawCursor Parse(string text)
    {
        try
        {
            var reader = new ByteReader(Base64Url.DecodeFromChars(text));
            if (reader.Byte() == Version)
            {
                var cursor = new RawCursor(reader.Signed(), (ulong)reader.Int64(), reader.Int32(0, int.MaxValue));
                if (reader.Remaining == 0) return cursor;
            }
        }
        catch (Exception e) when (e is DecodeException or FormatException) { }
        throw new ProblemException(new Problem("bad-cursor", "The cursor is not one this server gave out.", "cursor", "Start again without a cursor."));
    }

    /// <summary>A hash of labels that is the same on every machine and in every run (64-bit FNV-1a over UTF-8).</summary>
    public static ulong HashOf(Labels labels)
    {
        ulong hash = 14695981039346656037;
        foreach (var (name, value) in labels.AsSpan())
        {
            foreach (string text in (ReadOnlySpan<string>)[name, value])
            {
                foreach (byte b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 1099511628211;
                // No byte of UTF-8 is 0xFF, so it marks the end of a text.
                hash = (hash ^ 0xFF) * 1099511628211;
            }
        }
        return hash;
    }
}
