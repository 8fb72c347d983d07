namespace Headroom.Metrics.Ingest.Csv;

/// <summary>How far reading a record got.</summary>
internal enum CsvScan
{
    /// <summary>A whole record was read.</summary>
    Complete,

    /// <summary>The bytes end inside the record.</summary>
    Incomplete,

    /// <summary>The quotes do not fit together.</summary>
    Malformed,
}

/// <summary>
/// The fields of one record as RFC 4180 has them: separated by a delimiter, ended by LF or CRLF, and, when the first byte
/// of a field is a double quote, quoted, with quotes inside doubled and line ends allowed. Reused from record to record.
/// </summary>
internal sealed class CsvRecord(byte delimiter)
{
    private Field[] _fields = new Field[16];
    private byte[] _plain = new byte[256];

    /// <summary>Where a field's text lies; without its quotes.</summary>
    private readonly record struct Field(int Start, int Length, bool HasDoubledQuotes);

    /// <summary>Fields of the record.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the record with its line end.</summary>
    public int Length { get; private set; }

    /// <summary>Line ends inside the record, without the one that ends it.</summary>
    public int InnerLines { get; private set; }

    /// <summary>Where the quotes do not fit, and why, after <see cref="CsvScan.Malformed"/>.</summary>
    public (int At, string Reason) Fault { get; private set; }

    /// <summary>Reads the record with which the bytes begin.</summary>
    public CsvScan Scan(ReadOnlySpan<byte> bytes, bool isAtEnd)
    {
        (Count, InnerLines) = (0, 0);
        int at = 0;
        while (true)
        {
            int end;
            if (at < bytes.Length && bytes[at] == '"')
            {
                var scan = ScanQuoted(bytes, at, isAtEnd, out end);
                if (scan != CsvScan.Complete) return scan;
            }
            else
            {
                int length = bytes[at..].IndexOfAny(delimiter, (byte)'\n');
                if (length < 0) length = bytes.Length - at;
                end = at + length;
                if (length > 0 && bytes[end - 1] == '\r' && (end == bytes.Length || bytes[end] == '\n')) length--;
                AddField(new Field(at, length, false));
            }

            if (end == bytes.Length)
            {
                Length = end;
                return isAtEnd ? CsvScan.Complete : CsvScan.Incomplete;
            }
            at = end + 1;
            if (bytes[end] != '\n') continue;
            Length = at;
            return CsvScan.Complete;
        }
    }

    /// <summary>Whether the record is a line with nothing on it.</summary>
    public bool IsBlank => Count == 1 && _fields[0].Length == 0;

    /// <summary>The text of a field, valid until the next call.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes, int field)
    {
        var (start, length, doubled) = _fields[field];
        var text = bytes.Slice(start, length);
        if (!doubled) return text;
        if (_plain.Length < length) _plain = new byte[length];
        int used = 0;
        for (int i = 0; i < text.Length; i++)
        {
            _plain[used++] = text[i];
            if (text[i] == '"') i++;
        }
        return _plain.AsSpan(0, used);
    }

    /// <summary>The offset of a field's text in the record.</summary>
    public int StartOf(int field) => _fields[field].Start;

    private CsvScan ScanQuoted(ReadOnlySpan<byte> bytes, int open, bool isAtEnd, out int end)
    {
        bool doubled = false;
        end = open + 1;
        while (true)
        {
            int quote = bytes[end..].IndexOf((byte)'"');
            // A quote as the last byte known may be the first of two.
            if (quote < 0 || (end + quote + 1 == bytes.Length && !isAtEnd))
            {
                if (!isAtEnd) return CsvScan.Incomplete;
                return Malformed(open, "the quoted field has no closing quote");
            }
            end += quote + 1;
            if (end == bytes.Length || bytes[end] != '"') break;
            doubled = true;
            end++;
        }
        var text = bytes[(open + 1)..(end - 1)];
        AddField(new Field(open + 1, text.Length, doubled));
        InnerLines += text.Count((byte)'\n');
        if (end + 1 == bytes.Length && bytes[end] == '\r' && !isAtEnd) return CsvScan.Incomplete;
        if (end < bytes.Length && bytes[end] == '\r' && (end + 1 == bytes.Length || bytes[end + 1] == '\n')) end++;
        if (end < bytes.Length && bytes[end] != delimiter && bytes[end] != '\n')
            return Malformed(end, "after a closing quote stands a delimiter or a line end");
        return CsvScan.Complete;
    }

    private CsvScan Malformed(int at, string reason)
    {
        Fault = (at, reason);
        return CsvScan.Malformed;
    }

    private void AddField(Field field)
    {
        if (Count == _fields.Length) Array.Resize(ref _fields, _fields.Length * 2);
        _fields[Count++] = field;
    }
}
