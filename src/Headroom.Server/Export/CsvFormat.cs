using System.Globalization;
using System.Text;
using Headroom.Metrics;

namespace Headroom.Server.Export;

/// <summary>
/// CSV (RFC 4180) with a row a sample: <c>timestamp</c>, <c>metric</c>, a column for each label in use, <c>value</c>. Of a
/// histogram, its count and sum become rows of <c>NAME_count</c> and <c>NAME_sum</c>.
/// </summary>
internal sealed class CsvFormat(IReadOnlyList<string> labelNames) : IExportFormat
{
    private readonly string[] _columns = [.. labelNames.Where(n => n != Labels.MetricName)];

    public void Begin(StringBuilder text)
    {
        text.Append("timestamp,metric");
        foreach (string column in _columns) AppendField(text.Append(','), column);
        text.Append(",value\n");
    }

    public void Write(StringBuilder text, Labels labels, SampleBuffer samples, bool first)
    {
        for (int i = 0; i < samples.Count; i++)
        {
            if (samples.HistogramAt(i) is { } histogram)
            {
                if (histogram.IsStale) continue;
                Row(text, labels, "_count", samples.Times[i], histogram.Count);
                Row(text, labels, "_sum", samples.Times[i], histogram.Sum);
            }
            else if (!StaleMarker.IsStale(samples.Values[i]))
            {
                Row(text, labels, "", samples.Times[i], samples.Values[i]);
            }
        }
    }

    public void End(StringBuilder text) { }

    private void Row(StringBuilder text, Labels labels, string suffix, long time, double value)
    {
        AppendTime(text, time);
        AppendField(text.Append(','), labels.Name + suffix);
        foreach (string column in _columns) AppendField(text.Append(','), labels[column]);
        text.Append(',').Append(ExportNumbers.Of(value)).Append('\n');
    }

    private static void AppendTime(StringBuilder text, long milliseconds)
    {
        if (milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999)
            text.Append(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
        else
            text.Append(ExportNumbers.Seconds(milliseconds));
    }

    private static void AppendField(StringBuilder text, string field)
    {
        if (field.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            text.Append(field);
            return;
        }
        text.Append('"').Append(field.Replace("\"", "\"\"")).Append('"');
    }
}
