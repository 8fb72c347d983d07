using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.PromQL.Notation;

/// <summary>
/// Native histograms as <c>{{schema:0 count:4 sum:5 z_bucket:1 z_bucket_w:0.001 offset:0 buckets:[1 2] n_offset:0
/// n_buckets:[…] custom_values:[…] counter_reset_hint:gauge}}</c>. Offsets count as in Prometheus: exponential bucket 0
/// ends at 1.
/// </summary>
internal static class HistogramNotation
{
    public static Histogram Parse(string text)
    {
        var fields = new Dictionary<string, string>();
        string body = text.Trim().TrimStart('{').TrimEnd('}');
        for (int i = 0; i < body.Length;)
        {
            if (body[i] == ' ')
            {
                i++;
                continue;
            }
            int colon = body.IndexOf(':', i);
            int end = body[colon + 1] == '[' ? body.IndexOf(']', colon) + 1 : body.IndexOf(' ', colon);
            if (end <= 0) end = body.Length;
            fields.Add(body[i..colon], body[(colon + 1)..end].Trim('[', ']'));
            i = end;
        }
        double Field(string name) => fields.TryGetValue(name, out string? value) ? SeriesNotation.Number(value) : 0;
        double[] List(string name) => fields.TryGetValue(name, out string? value)
            ? [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(SeriesNotation.Number)] : [];

        double[]? custom = fields.ContainsKey("custom_values") || Field("schema") == -53 ? List("custom_values") : null;
        Buckets Run(string counts, string offset)
        {
            double[] values = List(counts);
            int first = (int)Field(offset) - (custom is null ? 1 : 0);
            return new Buckets([.. Enumerable.Range(first, values.Length)], values);
        }
        var hint = fields.GetValueOrDefault("counter_reset_hint") switch
        {
            "gauge" => ResetHint.Gauge,
            "reset" => ResetHint.CounterReset,
            "not_reset" => ResetHint.NotCounterReset,
            _ => ResetHint.Unknown,
        };
        return new Histogram
        {
            Scale = custom is null ? (int)Field("schema") : 0,
            Count = Field("count"),
            Sum = Field("sum"),
            ZeroCount = Field("z_bucket"),
            ZeroThreshold = Field("z_bucket_w"),
            Positive = Run("buckets", "offset"),
            Negative = Run("n_buckets", "n_offset"),
            CustomBounds = custom,
            Reset = hint,
        };
    }
}
