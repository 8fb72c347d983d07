using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Cli.CommandLine;

/// <summary>
/// Instants as people write them on a command line: <c>now</c>, <c>now-1h30m</c>, <c>2014-02-20</c>,
/// <c>2014-02-20T21:00:00Z</c> (UTC without a zone), or Unix seconds.
/// </summary>
internal static class TimeExpression
{
    // Beyond this a double no longer counts milliseconds.
    private const double LargestUnixSeconds = 253_402_300_799;

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>An option that takes an instant, in Unix milliseconds.</summary>
    public static Option<long?> Option(string name, string description, TimeProvider time) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Parse(result, time),
    };

    /// <summary>Reads an instant into Unix milliseconds.</summary>
    public static bool TryParse(string text, DateTimeOffset now, out long milliseconds)
    {
        milliseconds = 0;
        if (text.StartsWith("now", StringComparison.Ordinal)) return TryParseNow(text.AsSpan(3).Trim().ToString(), now, out milliseconds);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            if (!double.IsFinite(seconds) || Math.Abs(seconds) > LargestUnixSeconds) return false;
            milliseconds = (long)Math.Round(seconds * 1000);
            return true;
        }
        if (!DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return false;
        milliseconds = instant.ToUnixTimeMilliseconds();
        return true;
    }

    private static bool TryParseNow(string offset, DateTimeOffset now, out long milliseconds)
    {
        milliseconds = now.ToUnixTimeMilliseconds();
        if (offset.Length == 0) return true;
        if (offset[0] is not ('-' or '+') || !DurationText.TryParse(offset[1..].Trim(), out var duration, out _)) return false;
        milliseconds += (offset[0] == '-' ? -1 : 1) * (long)duration.TotalMilliseconds;
        return true;
    }

    private static long? Parse(ArgumentResult result, TimeProvider time)
    {
        if (TryParse(result.Tokens[0].Value, time.GetUtcNow(), out long milliseconds)) return milliseconds;
        result.AddError($"'{result.Tokens[0].Value}' is no time: write now, now-1h, 2026-01-31, 2026-01-31T12:00:00Z or Unix seconds");
        return null;
    }
}
