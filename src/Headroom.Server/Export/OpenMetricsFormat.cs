using System.Text;
using Headroom.Metrics;

namespace Headroom.Server.Export;

/// <summary>
/// OpenMetrics 1.0 with timestamps. Float series are gauges or counters where their producer said so and the name allows it, else
/// of type <c>unknown</c>. Histograms become classic ones (<see cref="ClassicHistogram"/>). Names that are not plain
/// identifiers are quoted, as Prometheus 3 writes them.
/// </summary>
/// <param name="describe">What is known about a metric, by name; null when nothing is.</param>
internal sealed class OpenMetricsFormat(Func<string, MetricMetadata?> describe) : IExportFormat
{
    private const string CounterEnding = "_total";

    public void Begin(StringBuilder text) { }

    public void Write(StringBuilder text, Labels labels, SampleBuffer samples, bool first)
    {
        if (first) Head(text, labels.Name, samples.HasHistograms);
        double[] bounds = samples.HasHistograms ? ClassicHistogram.BoundsOf(samples) : [];
        for (int i = 0; i < samples.Count; i++)
        {
            if (samples.HistogramAt(i) is { } histogram)
            {
                if (histogram.IsStale) continue;
                foreach (double bound in bounds) Line(text, labels, "_bucket", bound, histogram.CountAtOrBelow(bound), samples.Times[i]);
                Line(text, labels, "_bucket", double.PositiveInfinity, histogram.Count, samples.Times[i]);
                Line(text, labels, "_count", null, histogram.Count, samples.Times[i]);
                Line(text, labels, "_sum", null, histogram.Sum, samples.Times[i]);
            }
            else if (!StaleMarker.IsStale(samples.Values[i]))
            {
                Line(text, labels, "", null, samples.Values[i], samples.Times[i]);
            }
        }
    }

    public void End(StringBuilder text) => text.Append("# EOF\n");

    // A counter's family is its name without the ending; a text format before OpenMetrics knows it by the whole name.
    private void Head(StringBuilder text, string name, bool histograms)
    {
        string family = name;
        var known = describe(name);
        if (!histograms && name.EndsWith(CounterEnding, StringComparison.Ordinal) && (known ?? describe(name[..^CounterEnding.Length])) is { Type: "counter" } counter)
            (family, known) = (name[..^CounterEnding.Length], counter);
        string type = histograms ? "histogram" : known?.Type switch { "gauge" => "gauge", "counter" when family != name => "counter", _ => "unknown" };
        text.Append("# TYPE ");
        AppendName(text, family);
        text.Append(' ').Append(type).Append('\n');
        if (known is not { Help.Length: > 0 }) return;
        text.Append("# HELP ");
        AppendName(text, family);
        text.Append(' ');
        AppendEscaped(text, known.Help);
        text.Append('\n');
    }

    private static void Line(StringBuilder text, Labels labels, string suffix, double? bound, double value, long time)
    {
        string name = labels.Name + suffix;
        bool quoted = !IsIdentifier(name);
        if (!quoted) text.Append(name);
        bool any = false;
        if (quoted)
        {
            text.Append('{').Append('"');
            AppendEscaped(text, name);
            text.Append('"');
            any = true;
        }
        foreach (var (label, content) in labels.AsSpan())
        {
            if (label == Labels.MetricName) continue;
            text.Append(any ? ',' : '{');
            AppendName(text, label);
            text.Append("=\"");
            AppendEscaped(text, content);
            text.Append('"');
            any = true;
        }
        if (bound is { } le)
        {
            text.Append(any ? ',' : '{').Append("le=\"").Append(ExportNumbers.Of(le)).Append('"');
            any = true;
        }
        if (any) text.Append('}');
        text.Append(' ').Append(ExportNumbers.Of(value)).Append(' ').Append(ExportNumbers.Seconds(time)).Append('\n');
    }

    private static void AppendName(StringBuilder text, string name)
    {
        if (IsIdentifier(name))
        {
            text.Append(name);
            return;
        }
        text.Append('"');
        AppendEscaped(text, name);
        text.Append('"');
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (char c in value)
        {
            switch (c)
            {
                case '\\': text.Append("\\\\"); break;
                case '"': text.Append("\\\""); break;
                case '\n': text.Append("\\n"); break;
                default: text.Append(c); break;
            }
        }
    }

    private static bool IsIdentifier(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or ':'))
                return false;
        return true;
    }
}
