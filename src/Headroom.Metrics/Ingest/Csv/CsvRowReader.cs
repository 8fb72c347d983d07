using System.Text;
using System.Text.Unicode;

namespace Headroom.Metrics.Ingest.Csv;

/// <summary>Turns rows into samples of a batch. A series that was seen before costs no allocation.</summary>
internal sealed class CsvRowReader(CsvImportOptions options, CsvHeader header, int headerLines, ImportBatch batch)
{
    // Not a byte of UTF-8, hence in no label value.
    private const byte Separator = 0xFF;

    private readonly SeriesCache _cache = new(options.MaxSeries);
    private readonly CsvRecord _record = new(header.Delimiter);
    private byte[] _key = new byte[256];
    private long _line = headerLines;
    private bool _insideTooLong;

    /// <summary>Different series of which a sample was kept.</summary>
    public long SeriesCount => _cache.SeriesCount;

    /// <summary>Reads rows until the batch is full or the window holds no whole row any more.</summary>
    public void Read(ByteWindow window)
    {
        while (!batch.IsFull && window.Unread.Length > 0)
        {
            var unread = window.Unread;
            if (_insideTooLong)
            {
                int end = unread.IndexOf((byte)'\n');
                window.Consume(end < 0 ? unread.Length : end + 1);
                _insideTooLong = end < 0;
                continue;
            }
            var scan = _record.Scan(unread, window.IsAtEnd);
            if (scan == CsvScan.Complete)
            {
                ReadRow(window, unread);
            }
            else if (scan == CsvScan.Malformed)
            {
                RejectFirstLine(window, unread, "bad-quotes", _record.Fault.Reason, ColumnOf(unread, _record.Fault.At));
            }
            else if (window.HoldsLongestLine)
            {
                RejectFirstLine(window, unread, "line-too-long", $"the row is longer than {options.MaxLineBytes} bytes", 0);
            }
            else
            {
                return;
            }
        }
    }

    private void ReadRow(ByteWindow window, ReadOnlySpan<byte> bytes)
    {
        // A value or time that holds a line end began with a stray quote, which swallowed rows: give them back.
        if (_record.InnerLines > 0 && (_record.Count != header.Columns || HoldsLineEnd(bytes, header.Time) || HoldsLineEnd(bytes, header.Value)))
        {
            RejectFirstLine(window, bytes, "bad-quotes", "a quote that stands alone would make one row of several", 0);
            return;
        }
        _line++;
        if (!_record.IsBlank) ReadFields(bytes);
        _line += _record.InnerLines;
        window.Consume(_record.Length);
    }

    private void ReadFields(ReadOnlySpan<byte> bytes)
    {
        // 1. The columns.
        if (_record.Count != header.Columns)
        {
            batch.Reject(_line, 0, "bad-field-count", $"the row has {_record.Count} fields, the header has {header.Columns}");
            return;
        }

        // 2. The value.
        var text = _record.Text(bytes, header.Value).Trim(" \t"u8);
        if (!NumberText.TryParse(text, out double value))
        {
            RejectValue(bytes, text);
            return;
        }

        // 3. The time.
        text = _record.Text(bytes, header.Time).Trim(" \t"u8);
        if (!TimestampText.TryParse(text, out long milliseconds))
        {
            batch.Reject(_line, ColumnOf(bytes, _record.StartOf(header.Time)), "bad-timestamp",
                text.IsEmpty ? $"column '{options.TimeColumn}' is empty" : $"column '{options.TimeColumn}': {Quote(text)} is not a time");
            return;
        }

        // 4. The series.
        var entry = FindSeries(bytes);
        if (entry is null) return;
        _cache.Take(entry);
        if (batch.Add(entry.Labels, milliseconds, value, null, _line, ColumnOf(bytes, _record.StartOf(header.Time)))) _cache.Count(entry);
    }

    private void RejectValue(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> text)
    {
        var (code, reason) =
            text.IsEmpty ? ("empty-value", $"column '{options.ValueColumn}' is empty")
            : NumberText.TryParseSpecial(text, out _) ? ("value-not-finite", $"column '{options.ValueColumn}': {Quote(text)} is not a measurement")
            : ("bad-value", $"column '{options.ValueColumn}': {Quote(text)} is not a finite number");
        batch.Reject(_line, ColumnOf(bytes, _record.StartOf(header.Value)), code, reason);
    }

    private SeriesEntry? FindSeries(ReadOnlySpan<byte> bytes)
    {
        int used = 0;
        foreach (int column in header.Labels)
        {
            var text = _record.Text(bytes, column);
            if (_key.Length < used + text.Length + 1) Array.Resize(ref _key, Math.Max(_key.Length * 2, used + text.Length + 1));
            text.CopyTo(_key.AsSpan(used));
            used += text.Length;
            _key[used++] = Separator;
        }
        var key = _key.AsSpan(0, used);
        if (_cache.Last is { } last && key.SequenceEqual(last.Key)) return last;
        if (_cache.Guess is { } guess && key.SequenceEqual(guess.Key)) return guess;
        return _cache.Find(key) ?? AddSeries(bytes, key);
    }

    private SeriesEntry? AddSeries(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key)
    {
        var labels = new List<Label> { new(Labels.MetricName, options.Metric) };
        for (int i = 0; i < header.Labels.Length; i++)
        {
            var text = _record.Text(bytes, header.Labels[i]);
            string column = options.LabelColumns[i];
            if (text.Length > options.Limits.MaxLabelValueBytes || !Utf8.IsValid(text))
            {
                bool tooLarge = text.Length > options.Limits.MaxLabelValueBytes;
                batch.Reject(_line, ColumnOf(bytes, _record.StartOf(header.Labels[i])), tooLarge ? "text-too-large" : "not-utf8",
                    tooLarge ? $"column '{column}' is longer than {options.Limits.MaxLabelValueBytes} bytes" : $"column '{column}' is not UTF-8");
                return null;
            }
            if (text.Length > 0) labels.Add(new Label(column, Encoding.UTF8.GetString(text)));
        }
        foreach (var label in options.DefaultLabels)
            if (!labels.Exists(other => other.Name == label.Name))
                labels.Add(label);
        ServiceLabel.Ensure(labels, options.DefaultService);
        var entry = _cache.Add(key, Labels.From([.. labels]));
        if (entry is null) batch.Reject(_line, 0, "too-many-series", $"more than {options.MaxSeries} different series");
        return entry;
    }

    /// <summary>Gives up the row but not the lines after its first.</summary>
    private void RejectFirstLine(ByteWindow window, ReadOnlySpan<byte> unread, string code, string reason, int column)
    {
        batch.Reject(++_line, column, code, reason);
        int end = unread.IndexOf((byte)'\n');
        window.Consume(end < 0 ? unread.Length : end + 1);
        _insideTooLong = end < 0 && !window.IsAtEnd;
    }

    private bool HoldsLineEnd(ReadOnlySpan<byte> bytes, int field) => _record.Text(bytes, field).Contains((byte)'\n');

    /// <summary>The byte in the row's first line, from 1; 0 when the offset lies in a later line.</summary>
    private static int ColumnOf(ReadOnlySpan<byte> bytes, int offset) => bytes[..offset].Contains((byte)'\n') ? 0 : offset + 1;

    /// <summary>A short piece of the row for a message; only worded while messages are still listed.</summary>
    private string Quote(ReadOnlySpan<byte> text)
    {
        if (!batch.ListsMore) return "";
        bool cut = text.Length > 40;
        if (cut) text = text[..40];
        return $"'{Encoding.UTF8.GetString(text)}{(cut ? "…" : "")}'";
    }
}
