using System.Buffers.Text;
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
}
