using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Server.Query;

/// <summary>
/// Instants and lengths of time as the Prometheus HTTP API takes them: Unix seconds with a fraction, or RFC 3339;
/// seconds, or a duration such as <c>5m</c>.
/// </summary>
public static class PrometheusTime
{
    // Beyond this a double no longer counts milliseconds; it is some 285,000 years away.
    private const double LargestSeconds = 9_007_199_254_740.0;

    // What Prometheus writes for the earliest and latest instant it knows; client libraries send them for "everything".
    private const string Earliest = "-292273086-05-16T16:47:06Z";
    private const string Latest = "292277025-08-18T07:12:54.999999999Z";

    /// <summary>Reads an instant into Unix milliseconds, rounded to the nearest.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = text switch
        {
            Earliest => long.MinValue / 4,
            Latest => long.MaxValue / 4,
            _ => 0,
        };
        if (milliseconds != 0) return true;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            if (!double.IsFinite(seconds) || Math.Abs(seconds) > LargestSeconds) return false;
            milliseconds = (long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
            return true;
        }
        // RFC 3339 needs a date, a time and a zone; the framework's parser alone would take much more.
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't' or ' ')
            || !(text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return false;
        milliseconds = instant.ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>Reads a length of time into milliseconds.</summary>
    public static bool TryParseDuration(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            if (!double.IsFinite(seconds) || Math.Abs(seconds) > LargestSeconds) return false;
            milliseconds = (long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
            return true;
        }
        if (!DurationText.TryParse(text, out var duration, out _)) return false;
        milliseconds = (long)duration.TotalMilliseconds;
        return true;
    }
}
