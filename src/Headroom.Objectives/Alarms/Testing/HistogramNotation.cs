using Headroom.Metrics.Histograms;

namespace Headroom.Objectives.Alarms.Testing;

/// <summary>
/// Native histograms as promtool writes them: <c>{{schema:0 count:4 sum:5 z_bucket:1 z_bucket_w:0.001 offset:0 buckets:[1 2] n_offset:0
/// n_buckets:[…]}}</c>. Offsets count as in Prometheus: exponential bucket 0 ends at 1.
/// </summary>
internal static class HistogramNotation
{
    private static readonly string[] Known = ["schema", "count", "sum", "z_bucket", "z_bucket_w", "offset", "buckets", "n_offset", "n_buckets", "custom_values", "counter_reset_hint"];

    public static Histogram Parse(string text)
    {
        var fields = Fields(text);
        double[]? custom = fields.ContainsKey("custom_values") ? Numbers(fields, "custom_values") : null;
        return new Histogram
        {
            Scale = custom is null ? (int)Number(fields, "schema") : 0,
            Count = Number(fields, "count"),
            Sum = Number(fields, "sum"),
            ZeroCount = Number(fields, "z_bucket"),
            ZeroThreshold = Number(fields, "z_bucket_w"),
            Positive = Run(fields, "buckets", "offset", custom is not null),
            Negative = Run(fields, "n_buckets", "n_offset", custom is not null),
            CustomBounds = custom,
        };
    }

    private static Dictionary<string, string> Fields(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        string body = text[2..^2].Trim();
        while (body.Length > 0)
        {
            int colon = body.IndexOf(':');
            if (colon < 0 || colon + 1 >= body.Length) throw new FormatException($"'{text}': a field is name:value");
            int end = body[colon + 1] == '[' ? body.IndexOf(']', colon) + 1 : body.IndexOf(' ', colon);
            if (end <= 0) end = body.Length;
            string name = body[..colon].Trim();
            if (!Known.Contains(name, StringComparer.Ordinal) || !fields.TryAdd(name, body[(colon + 1)..end].Trim('[', ']'))) throw new FormatException($"'{text}': the field '{name}' is unknown, or stands twice");
            body = body[end..].Trim();
        }
        return fields;
    }

    private static double Number(Dictionary<string, string> fields, string name) =>
        !fields.TryGetValue(name, out string? text) ? 0 : SeriesNotation.TryNumber(text, out double value) ? value : throw new FormatException($"'{text}' is no number");

    private static double[] Numbers(Dictionary<string, string> fields, string name) => !fields.TryGetValue(name, out string? text) ? []
        : [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => SeriesNotation.TryNumber(t, out double value) ? value : throw new FormatException($"'{t}' is no number"))];

    private static Buckets Run(Dictionary<string, string> fields, string counts, string offset, bool custom)
    {
        double[] values = Numbers(fields, counts);
        int first = (int)Number(fields, offset) - (custom ? 0 : 1);
        return new Buckets([.. Enumerable.Range(first, values.Length)], values);
    }
}
