using System.Text;

namespace Headroom.Metrics.Ingest.Text;

/// <summary>Brings together what the lines TYPE, HELP and UNIT say of one metric family, which stand one after the other.</summary>
internal sealed class FamilyDescription(MetadataMemory memory, ImportBatch batch)
{
    private const int MaxBytes = 4096;
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "info", "stateset", "gaugehistogram"];

    private byte[] _bytes = new byte[512];
    private int _name;
    private int _unit;
    private int _help;
    private string? _type;

    /// <summary>Reads a line that begins with <c>#</c>; comments change nothing.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        int at = SeriesText.SkipBlanks(line, 1);
        var word = line[at..Math.Min(line.Length, at + 5)];
        if (word.Length < 5 || word[4] is not ((byte)' ' or (byte)'\t')) return;
        word = word[..4];
        bool isType = word.SequenceEqual("TYPE"u8), isHelp = word.SequenceEqual("HELP"u8);
        if (!isType && !isHelp && !word.SequenceEqual("UNIT"u8)) return;
        at = SeriesText.SkipBlanks(line, at + 4);
        if (!TryReadName(line, ref at, out var name)) return;
        if (!name.SequenceEqual(_bytes.AsSpan(0, _name)))
        {
            Finish();
            if (name.Length is 0 or > MaxBytes) return;
            Put(0, name);
            _name = name.Length;
        }
        at = SeriesText.SkipBlanks(line, at);
        var text = line[at..];
        if (isType) _type = TypeOf(text);
        else if (isHelp) SetHelp(text);
        else SetUnit(text);
    }

    /// <summary>Hands over what is known of the family, if anything is.</summary>
    public void Finish()
    {
        if (_name > 0 && (_type is not null || _unit + _help > 0)
            && memory.Of(_bytes.AsSpan(0, _name), _type ?? "unknown", _bytes.AsSpan(_name, _unit), _bytes.AsSpan(_name + _unit, _help)) is { } metadata)
            batch.Describe(metadata);
        Forget();
    }

    /// <summary>Begins anew.</summary>
    public void Forget() => (_name, _unit, _help, _type) = (0, 0, 0, null);

    private static bool TryReadName(ReadOnlySpan<byte> line, ref int at, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (at == line.Length) return false;
        bool quoted = line[at] == '"';
        int start = quoted ? at + 1 : at;
        // Names with quotes or backslashes of their own are too rare to be described.
        int length = quoted ? line[start..].IndexOfAny((byte)'"', (byte)'\\') : line[start..].IndexOfAny((byte)' ', (byte)'\t');
        if (length < 0)
        {
            if (quoted) return false;
            length = line.Length - start;
        }
        if (quoted && line[start + length] != '"') return false;
        name = line.Slice(start, length);
        at = start + length + (quoted ? 1 : 0);
        return true;
    }

    private static string TypeOf(ReadOnlySpan<byte> text)
    {
        foreach (string type in Types)
            if (Ascii.Equals(text, type))
                return type;
        return "unknown";
    }

    private void SetUnit(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxBytes) return;
        // The help stands behind the unit: moved out of the way.
        Grow(_name + text.Length + _help);
        _bytes.AsSpan(_name + _unit, _help).CopyTo(_bytes.AsSpan(_name + text.Length));
        Put(_name, text);
        _unit = text.Length;
    }

    private void SetHelp(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxBytes) text = text[..MaxBytes];
        int start = _name + _unit;
        Grow(start + text.Length);
        _help = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte letter = text[i];
            if (letter == '\\' && i + 1 < text.Length && text[i + 1] is (byte)'\\' or (byte)'n' or (byte)'"')
                letter = text[++i] == 'n' ? (byte)'\n' : text[i];
            _bytes[start + _help++] = letter;
        }
    }

    private void Put(int at, ReadOnlySpan<byte> text)
    {
        Grow(at + text.Length);
        text.CopyTo(_bytes.AsSpan(at));
    }

    private void Grow(int length)
    {
        if (length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
    }
}
