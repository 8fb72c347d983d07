using System.Globalization;
using Headroom.Server.Data;

namespace Headroom.Cli.Data;

/// <summary>Numbers of the <c>data</c> commands for people.</summary>
internal static class DataText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Size(long bytes)
    {
        double size = bytes;
        int unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++) size /= 1024;
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }

    public static string Time(DateTimeOffset? time) => time is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "-";

    public static string Verified(DataVerification verified) =>
        $"verified: {Count(verified.Blocks)} blocks with {Count(verified.Samples)} samples ({Size(verified.BlockBytes)}), {Count(verified.LogRecords)} records of the log ({Size(verified.LogBytes)})";
}
