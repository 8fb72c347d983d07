using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Configuration.Sections;

namespace Headroom.Metrics.Ingest.Probes;

/// <summary>HTTP statuses that are as they should be: one (<c>200</c>), a class (<c>2xx</c>) or a range (<c>200..204</c>).</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest, included.</param>
public readonly record struct StatusRange(int First, int Last)
{
    internal static Shape<StatusRange> Shape { get; } = Shapes.Parsed<StatusRange>("a status such as 200, 2xx or 200..204", TryParse, static () =>
    [
        new JsonObject { ["type"] = "integer", ["minimum"] = 100, ["maximum"] = 599 },
        new JsonObject { ["type"] = "string", ["pattern"] = @"^([1-5][0-9][0-9](\.\.[1-5][0-9][0-9])?|[1-5]xx)$" },
    ]);

    /// <summary>Whether a status is in it.</summary>
    public bool Contains(int status) => status >= First && status <= Last;

    private static bool TryParse(string text, out StatusRange value, out string reason)
    {
        (value, reason) = (default, "");
        if (text.Length == 3 && text.EndsWith("xx", StringComparison.Ordinal) && text[0] is >= '1' and <= '5')
        {
            int first = (text[0] - '0') * 100;
            value = new StatusRange(first, first + 99);
            return true;
        }
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (!TryStatus(dots < 0 ? text : text[..dots], out int low) || !TryStatus(dots < 0 ? text : text[(dots + 2)..], out int high)) return false;
        value = new StatusRange(low, high);
        reason = low > high ? "the range ends before it begins" : "";
        return low <= high;
    }

    private static bool TryStatus(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
}
