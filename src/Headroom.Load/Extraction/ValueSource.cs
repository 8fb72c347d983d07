using System.Globalization;
using System.Text;

namespace Headroom.Load.Extraction;

/// <summary>Where in an answer a value is read: <c>status</c>, <c>duration</c> (ms), <c>size</c> (bytes), <c>body</c>, <c>header NAME</c>, or a JSON path.</summary>
internal sealed class ValueSource
{
    private readonly Kind _kind;
    private readonly byte[] _header;
    private readonly JsonPath? _path;

    private ValueSource(Kind kind, byte[]? header = null, JsonPath? path = null) => (_kind, _header, _path) = (kind, header ?? [], path);

    private enum Kind
    {
        Status,
        Duration,
        Size,
        Body,
        Header,
        Json,
    }

    public bool NeedsBody => _kind is Kind.Body or Kind.Json;

    public bool NeedsHead => _kind == Kind.Header;

    /// <summary>Whether the value is always a number.</summary>
    public bool IsNumber => _kind is Kind.Status or Kind.Duration or Kind.Size;

    public static bool TryParse(string text, out ValueSource source, out string reason)
    {
        source = null!;
        reason = "";
        switch (text)
        {
            case "status": source = new ValueSource(Kind.Status); return true;
            case "duration": source = new ValueSource(Kind.Duration); return true;
            case "size": source = new ValueSource(Kind.Size); return true;
            case "body": source = new ValueSource(Kind.Body); return true;
        }
        if (text.StartsWith("header ", StringComparison.Ordinal))
        {
            string name = text[7..].Trim();
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            {
                reason = "a header's name must follow 'header'";
                return false;
            }
            source = new ValueSource(Kind.Header, Encoding.ASCII.GetBytes(name));
            return true;
        }
        if (text.StartsWith('$'))
        {
            if (!JsonPath.TryParse(text, out var path, out reason)) return false;
            source = new ValueSource(Kind.Json, path: path);
            return true;
        }
        reason = "it is none of status, duration, size, body, header NAME and a JSON path such as $.id";
        return false;
    }

    /// <summary>The value as text; null when the answer has none.</summary>
    public string? Text(in Answer answer) => _kind switch
    {
        Kind.Body => Encoding.UTF8.GetString(answer.Body),
        Kind.Header => answer.Header(_header),
        Kind.Json => _path!.Find(answer.Body),
        _ => Number(answer).ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The value as a number; NaN when it is none.</summary>
    public double Number(in Answer answer) => _kind switch
    {
        Kind.Status => answer.Status,
        Kind.Duration => answer.Seconds * 1000,
        Kind.Size => answer.BodyBytes,
        _ => double.TryParse(Text(answer), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN,
    };

    public bool IsBody => _kind == Kind.Body;
}
