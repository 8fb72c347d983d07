using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Headroom.Metrics.Ingest.Text;

/// <summary>Turns lines into samples of a batch. A series that was seen before costs no allocation.</summary>
internal sealed class TextLineReader(TextImportOptions options, ImportBatch batch, SeriesCache cache, MetadataMemory metadata)
{
    private readonly List<Label> _labels = [];
    private readonly FamilyDescription _family = new(metadata, batch);
    private TextFormat _format;
    private long _defaultTime;
    private long _line;
    private bool _insideTooLong;

    /// <summary>Different series of which a sample was kept.</summary>
    public long SeriesCount => cache.SeriesCount;

    /// <summary>Whether <c># EOF</c> was the last line with anything on it.</summary>
    public bool SawEnd { get; private set; }

    /// <summary>Begins another text.</summary>
    public void Reset(TextFormat format, long defaultTime)
    {
        (_format, _defaultTime, _line, _insideTooLong, SawEnd) = (format, defaultTime, 0, false, false);
        cache.Reset();
        _family.Forget();
    }

    /// <summary>Hands over what only the end of the text completes.</summary>
    public void Finish() => _family.Finish();

    /// <summary>Passes over a part, without a line end, of a line longer than the limit.</summary>
    public void ReadPartOfTooLong()
    {
        if (!_insideTooLong) batch.Reject(++_line, 0, "line-too-long", $"the line is longer than {options.MaxLineBytes} bytes");
        _insideTooLong = true;
    }

    /// <summary>Reads one line, without its line feed.</summary>
    public void Read(ReadOnlySpan<byte> whole)
    {
        if (_insideTooLong)
        {
            // The rest of a line that was rejected at its beginning.
            _insideTooLong = false;
            return;
        }
        _line++;
        int start = 0;
        var line = whole;
        if (whole.Length == 0 || whole[0] <= ' ' || whole[^1] <= ' ')
        {
            start = SeriesText.SkipBlanks(whole, 0);
            line = whole[start..].TrimEnd(" \t\r"u8);
            if (line.IsEmpty) return;
        }
        if (SawEnd && _format == TextFormat.OpenMetrics)
        {
            batch.Reject(_line, 1, "after-end", "the line stands after '# EOF'");
            return;
        }
        if (line[0] == '#')
        {
            SawEnd = line.SequenceEqual("# EOF"u8);
            _family.Read(line);
            return;
        }
        // As exporters and exports write almost every line; whatever is not like that is left to the full parse.
        if (start == 0 && TryReadPlain(line)) return;
        var fault = ReadSample(line, start);
        if (!fault.IsNone) batch.Reject(_line, start + fault.At + 1, fault.Code, fault.Reason);
    }

    /// <summary>
    /// Reads a line of a series that is known, with one blank before a short decimal number and one before a timestamp of
    /// whole milliseconds, if there is one. False when it is any other line, and then nothing was done.
    /// </summary>
    private bool TryReadPlain(ReadOnlySpan<byte> line)
    {
        if (FindKnown(line) is not { } entry) return false;
        int at = entry.Key.Length;
        if ((uint)at >= (uint)line.Length || line[at] != ' ' || !NumberText.TryReadPlain(line, at + 1, out double value, out at)) return false;
        long milliseconds = _defaultTime;
        if (at < line.Length)
        {
            if (_format == TextFormat.OpenMetrics || line[at] != ' ' || !TryReadMilliseconds(line[(at + 1)..], out milliseconds)) return false;
        }
        cache.Take(entry);
        if (batch.Add(entry.Labels, milliseconds, value, null, _line, at + 2)) cache.Count(entry);
        return true;
    }

    private static bool TryReadMilliseconds(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        if (digits.Length is 0 or > 18) return false;
        foreach (byte letter in digits)
        {
            uint digit = (uint)(letter - '0');
            if (digit > 9) return false;
            number = number * 10 + digit;
        }
        return true;
    }

    private LineFault ReadSample(ReadOnlySpan<byte> line, int start)
    {
        // 1. The series.
        var entry = FindKnown(line);
        if (entry is null)
        {
            var fault = ReadSeries(line, out entry);
            if (!fault.IsNone) return fault;
        }

        // 2. The value.
        int at = SeriesText.SkipBlanks(line, entry!.Key.Length);
        if (at == line.Length) return new LineFault(at, "no-value", "the line has no value");
        int end = TokenEnd(line, at);
        if (!NumberText.TryParse(line[at..end], out double value) && !NumberText.TryParseSpecial(line[at..end], out value))
            return new LineFault(at, "bad-value", $"the value {Quote(line[at..end])} is not a finite number");

        // 3. The timestamp.
        long milliseconds = _defaultTime;
        at = SeriesText.SkipBlanks(line, end);
        int timeAt = at;
        if (at < line.Length && line[at] != '#')
        {
            end = TokenEnd(line, at);
            if (!TryParseTime(line[at..end], out milliseconds)) return TimeFault(line[at..end], at);
            at = SeriesText.SkipBlanks(line, end);
        }

        // 4. The exemplar.
        Exemplar? exemplar = null;
        if (at < line.Length)
        {
            var fault = ReadExemplar(line, at, entry.Labels, milliseconds, out exemplar);
            if (!fault.IsNone) return fault;
        }

        cache.Take(entry);
        if (!batch.Add(entry.Labels, milliseconds, value, null, _line, start + timeAt + 1)) return default;
        cache.Count(entry);
        if (exemplar is { } example) batch.AddExemplar(example);
        return default;
    }

    /// <summary>
    /// The entry whose bytes the line begins with, if there is one. Only keys that a full parse has found to be the series
    /// part of a line are in the cache, and what a series part is depends on nothing behind it, so a prefix that ends at
    /// the same place is the same series.
    /// </summary>
    private SeriesEntry? FindKnown(ReadOnlySpan<byte> line)
    {
        if (cache.Guess is { } guess && IsSeriesOf(line, guess.Key)) return guess;
        if (cache.Last is { } last && IsSeriesOf(line, last.Key)) return last;
        // The last brace ends the labels unless there is an exemplar; then nothing is found and a full parse decides.
        int end = line.LastIndexOf((byte)'}') + 1;
        if (end == 0) end = TokenEnd(line, 0);
        return cache.Find(line[..end]);
    }

    private static bool IsSeriesOf(ReadOnlySpan<byte> line, byte[] key)
    {
        if (!line.StartsWith(key)) return false;
        if (key[^1] == '}') return true;
        int next = SeriesText.SkipBlanks(line, key.Length);
        return next > key.Length && next < line.Length && line[next] != '{';
    }

    private LineFault ReadSeries(ReadOnlySpan<byte> line, out SeriesEntry? entry)
    {
        entry = null;
        var fault = SeriesText.Parse(line, options.Limits, _labels, out int end);
        if (!fault.IsNone) return fault;
        if (line[end - 1] != '}' && end < line.Length && line[end] is not ((byte)' ' or (byte)'\t'))
            return new LineFault(end, "bad-name", "a metric's name has letters, digits, '_' and ':' only, or stands in quotes inside the braces");
        entry = cache.Find(line[..end]);
        if (entry is not null) return default;
        AddOwnLabels();
        if (_labels.Count > options.Limits.MaxLabels) return new LineFault(0, "too-many-labels", $"the series has more than {options.Limits.MaxLabels} labels");
        entry = cache.Add(line[..end], Labels.From([.. _labels]));
        return entry is null ? new LineFault(0, "too-many-series", $"more than {options.MaxSeries} different series") : default;
    }

    private void AddOwnLabels()
    {
        foreach (var label in options.TargetLabels)
        {
            int there = _labels.FindIndex(other => other.Name == label.Name);
            if (there >= 0)
            {
                // As Prometheus does: what the target says of itself stays readable beside what is said of the target.
                string kept = "exported_" + label.Name;
                while (_labels.Exists(other => other.Name == kept)) kept = "exported_" + kept;
                _labels[there] = new Label(kept, _labels[there].Value);
            }
            _labels.Add(label);
        }
        foreach (var label in options.DefaultLabels)
            if (!_labels.Exists(other => other.Name == label.Name))
                _labels.Add(label);
        ServiceLabel.Ensure(_labels, options.DefaultService);
    }

    private bool TryParseTime(ReadOnlySpan<byte> text, out long milliseconds)
    {
        if (_format != TextFormat.OpenMetrics)
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds);
        milliseconds = 0;
        if (!NumberText.TryParse(text, out double seconds) || Math.Abs(seconds) > 1e14) return false;
        // A double of seconds is rarely exact at the third digit: rounding finds the one that was written.
        milliseconds = (long)Math.Round(seconds * 1000);
        return true;
    }

    private LineFault TimeFault(ReadOnlySpan<byte> text, int at) =>
        new(at, "bad-timestamp", $"the timestamp {Quote(text)} is not {(_format == TextFormat.OpenMetrics ? "a number of seconds" : "a whole number of milliseconds")}");

    private LineFault ReadExemplar(ReadOnlySpan<byte> line, int at, Labels series, long milliseconds, out Exemplar? exemplar)
    {
        exemplar = null;
        int open = line[at] == '#' ? SeriesText.SkipBlanks(line, at + 1) : line.Length;
        if (open == line.Length || line[open] != '{')
            return new LineFault(at, "trailing-text", "after the value stand at most a timestamp and an exemplar");
        var labels = new List<Label>();
        var fault = SeriesText.Parse(line[open..], options.Limits, labels, out int end, nameless: true);
        if (!fault.IsNone) return fault with { At = fault.At + open };

        at = SeriesText.SkipBlanks(line, open + end);
        end = TokenEnd(line, at);
        if (!NumberText.TryParse(line[at..end], out double value) && !NumberText.TryParseSpecial(line[at..end], out value))
            return new LineFault(at, "bad-exemplar", "the exemplar has no number behind its labels");
        at = SeriesText.SkipBlanks(line, end);
        if (at < line.Length)
        {
            end = TokenEnd(line, at);
            if (!TryParseTime(line[at..end], out milliseconds) || SeriesText.SkipBlanks(line, end) < line.Length)
                return new LineFault(at, "bad-exemplar", "behind the exemplar's value stands at most its timestamp");
        }
        if (ExemplarLabels.TryMake(labels, out var made)) exemplar = new Exemplar(series, made, value, milliseconds);
        return default;
    }

    private static int TokenEnd(ReadOnlySpan<byte> line, int at)
    {
        int length = line[at..].IndexOfAny((byte)' ', (byte)'\t');
        return length < 0 ? line.Length : at + length;
    }

    /// <summary>A short piece of the line for a message; only worded while messages are still listed.</summary>
    private string Quote(ReadOnlySpan<byte> text)
    {
        if (!batch.ListsMore) return "";
        bool cut = text.Length > 40;
        if (cut) text = text[..40];
        return Utf8.IsValid(text) || cut ? $"'{Encoding.UTF8.GetString(text)}{(cut ? "…" : "")}'" : "(not UTF-8)";
    }
}
