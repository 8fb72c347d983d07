using System.Text;
using System.Text.Unicode;

namespace Headroom.Metrics.Ingest.Text;

/// <summary>What is wrong with a line.</summary>
/// <param name="At">Offset in bytes.</param>
/// <param name="Code">Stable kebab-case name.</param>
/// <param name="Reason">A sentence for a person.</param>
internal readonly record struct LineFault(int At, string Code, string Reason)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsNone => Code is null;
}

/// <summary>
/// Reads the series part of a line: <c>name{label="value",…}</c>, or, for names of any UTF-8, <c>{"name","label"="value",…}</c>.
/// </summary>
internal static class SeriesText
{
    /// <summary>
    /// Reads labels, the name among them as <c>__name__</c>, and returns where the series part ends. The list is not sorted;
    /// no name stands twice in it. With <paramref name="nameless"/> (exemplars) a name is neither needed nor allowed.
    /// </summary>
    public static LineFault Parse(ReadOnlySpan<byte> line, SeriesLimits limits, List<Label> labels, out int end, bool nameless = false)
    {
        labels.Clear();
        end = 0;
        if (!nameless)
        {
            while (end < line.Length && IsNameByte(line[end], end == 0, colon: true)) end++;
            if (end > limits.MaxLabelValueBytes) return new LineFault(0, "name-too-large", $"the metric's name is longer than {limits.MaxLabelValueBytes} bytes");
            if (end > 0) labels.Add(new Label(Labels.MetricName, Encoding.ASCII.GetString(line[..end])));
        }
        int brace = SkipBlanks(line, end);
        if (brace == line.Length || line[brace] != '{')
            return end == 0 ? new LineFault(0, "bad-name", "a line starts with a metric's name or '{'") : default;

        int at = SkipBlanks(line, brace + 1);
        while (at < line.Length && line[at] != '}')
        {
            var fault = ParseElement(line, limits, labels, nameless, ref at);
            if (!fault.IsNone) return fault;
            at = SkipBlanks(line, at);
            if (at < line.Length && line[at] == ',') at = SkipBlanks(line, at + 1);
            else if (at < line.Length && line[at] != '}') return new LineFault(at, "bad-labels", "between labels stands a comma, after the last '}'");
        }
        if (at == line.Length) return new LineFault(at, "bad-labels", "the labels have no closing '}'");
        end = at + 1;
        if (!nameless && !labels.Exists(static label => label.Name == Labels.MetricName))
            return new LineFault(brace, "bad-name", "the series has no metric name");
        if (!Utf8.IsValid(line[..end])) return new LineFault(0, "not-utf8", "the line is not UTF-8");
        return default;
    }

    private static LineFault ParseElement(ReadOnlySpan<byte> line, SeriesLimits limits, List<Label> labels, bool nameless, ref int at)
    {
        int start = at;
        bool quoted = line[at] == '"';
        string name;
        if (quoted)
        {
            var fault = ParseQuoted(line, ref at, limits.MaxLabelValueBytes, out name);
            if (!fault.IsNone) return fault;
        }
        else
        {
            while (at < line.Length && IsNameByte(line[at], at == start, colon: false)) at++;
            if (at == start) return new LineFault(at, "bad-label-name", "a label's name starts with a letter or '_', or stands in quotes");
            name = Encoding.ASCII.GetString(line[start..at]);
        }
        at = SkipBlanks(line, at);

        string value;
        if (at < line.Length && line[at] == '=')
        {
            if (name.Length == 0) return new LineFault(start, "bad-label-name", "a label's name is empty");
            if (Encoding.UTF8.GetByteCount(name) > limits.MaxLabelNameBytes) return new LineFault(start, "label-name-too-large", $"a label's name is longer than {limits.MaxLabelNameBytes} bytes");
            at = SkipBlanks(line, at + 1);
            if (at == line.Length || line[at] != '"') return new LineFault(at, "bad-label-value", "a label's value stands in double quotes");
            var fault = ParseQuoted(line, ref at, limits.MaxLabelValueBytes, out value);
            if (!fault.IsNone) return fault;
        }
        else
        {
            if (!quoted || nameless) return new LineFault(at, "bad-labels", "after a label's name stands '='");
            if (name.Length == 0) return new LineFault(start, "bad-name", "the metric's name is empty");
            (name, value) = (Labels.MetricName, name);
        }
        foreach (var label in labels)
            if (string.Equals(label.Name, name, StringComparison.Ordinal))
                return new LineFault(start, "duplicate-label", name == Labels.MetricName ? "the metric's name stands twice" : "a label stands twice");
        // Looked at with every label: the search above takes a time that grows with the square of their number.
        if (labels.Count == limits.MaxLabels) return new LineFault(start, "too-many-labels", $"the series has more than {limits.MaxLabels} labels");
        labels.Add(new Label(name, value));
        return default;
    }

    private static LineFault ParseQuoted(ReadOnlySpan<byte> line, ref int at, int maxBytes, out string text)
    {
        text = "";
        int start = at + 1;
        int end = start;
        bool escaped = false;
        while (true)
        {
            int next = line[end..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return new LineFault(at, "bad-label-value", "a quoted text has no closing quote");
            end += next;
            if (line[end] == '"') break;
            escaped = true;
            end += 2;
            if (end > line.Length) return new LineFault(at, "bad-label-value", "a quoted text has no closing quote");
        }
        var raw = line[start..end];
        // Only \\, \" and \n shorten a text, each by half.
        if (raw.Length > 2L * maxBytes || (!escaped && raw.Length > maxBytes)) return new LineFault(at, "text-too-large", $"a quoted text is longer than {maxBytes} bytes");
        if (!escaped)
        {
            text = Encoding.UTF8.GetString(raw);
        }
        else
        {
            Span<byte> plain = raw.Length <= 512 ? stackalloc byte[512] : new byte[raw.Length];
            int length = Unescape(raw, plain);
            if (length > maxBytes) return new LineFault(at, "text-too-large", $"a quoted text is longer than {maxBytes} bytes");
            text = Encoding.UTF8.GetString(plain[..length]);
        }
        at = end + 1;
        return default;
    }

    /// <summary>As Prometheus does: an escape that is none of the three stands for itself, backslash included.</summary>
    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> plain)
    {
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 1 < raw.Length && raw[i + 1] is (byte)'\\' or (byte)'"' or (byte)'n')
            {
                i++;
                plain[length++] = raw[i] == 'n' ? (byte)'\n' : raw[i];
            }
            else
            {
                plain[length++] = raw[i];
            }
        }
        return length;
    }

    /// <summary>The first position at or after <paramref name="at"/> that is neither space nor tab.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
        return at;
    }

    private static bool IsNameByte(byte letter, bool first, bool colon) =>
        char.IsAsciiLetter((char)letter) || letter == '_' || (colon && letter == ':') || (!first && char.IsAsciiDigit((char)letter));
}
