using System.Collections.Frozen;

namespace Headroom.Metrics.Ingest.Json;

/// <summary>
/// Whether a unit measures a time or a size. Values of such units are distributions (a duration per request, a size per
/// transfer), and their percentiles are what is asked for later; all others are gauges unless the client says otherwise.
/// </summary>
public static class MeasurementUnit
{
    private static readonly FrozenSet<string> Times = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "ns", "nanosecond", "nanoseconds",
        "us", "µs", "μs", "microsecond", "microseconds",
        "ms", "msec", "millis", "millisecond", "milliseconds",
        "s", "sec", "secs", "second", "seconds",
        "min", "mins", "minute", "minutes",
        "h", "hr", "hour", "hours",
        "d", "day", "days");

    private static readonly FrozenSet<string> Sizes = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "By", "B", "byte", "bytes", "octet", "octets",
        "KB", "kBy", "kilobyte", "kilobytes", "KiB", "KiBy", "kibibyte", "kibibytes",
        "MB", "MBy", "megabyte", "megabytes", "MiB", "MiBy", "mebibyte", "mebibytes",
        "GB", "GBy", "gigabyte", "gigabytes", "GiB", "GiBy", "gibibyte", "gibibytes",
        "TB", "TBy", "terabyte", "terabytes", "TiB", "TiBy", "tebibyte", "tebibytes",
        "bit", "bits", "kilobit", "kilobits", "megabit", "megabits", "gigabit", "gigabits", "terabit", "terabits");

    /// <summary>
    /// True for a time or a size by any of its usual names: CloudWatch's (<c>Milliseconds</c>, <c>Bytes</c>), UCUM's as
    /// OpenTelemetry uses them (<c>ms</c>, <c>By</c>), and the common short ones (<c>us</c>, <c>MiB</c>), in any case. False for rates
    /// such as <c>Bytes/Second</c>, for counts, ratios and everything unknown.
    /// </summary>
    public static bool IsTimeOrSize(string unit)
    {
        string trimmed = unit.Trim();
        return Times.Contains(trimmed) || Sizes.Contains(trimmed);
    }
}
