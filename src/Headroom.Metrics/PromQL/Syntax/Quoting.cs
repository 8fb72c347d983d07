using System.Globalization;
using System.Text;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Strings as PromQL writes them: Go's escapes in double or single quotes, none in backticks.</summary>
internal static class Quoting
{
    /// <summary>Writes a text in double quotes so that reading it gives the same text.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '"': quoted.Append("\\\""); break;
                case '\\': quoted.Append("\\\\"); break;
                case '\a': quoted.Append("\\a"); break;
                case '\b': quoted.Append("\\b"); break;
                case '\f': quoted.Append("\\f"); break;
                case '\n': quoted.Append("\\n"); break;
                case '\r': quoted.Append("\\r"); break;
                case '\t': quoted.Append("\\t"); break;
                case '\v': quoted.Append("\\v"); break;
                default:
                    if (c < ' ' || c == '\u007f') quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
                    else quoted.Append(c);
                    break;
            }
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>
    /// Reads a quoted text, quotes included. Returns null and says why in <paramref name="error"/> when an escape is
    /// not one of Go's.
    /// </summary>
    public static string? Unquote(string literal, out string error)
    {
        error = "";
        char quote = literal[0];
        string body = literal[1..^1];
        if (quote == '`' || !body.Contains('\\')) return body;

        var text = new StringBuilder(body.Length);
        var bytes = new List<byte>();
        for (int i = 0; i < body.Length;)
        {
            if (body[i] != '\\')
            {
                Flush(bytes, text);
                text.Append(body[i++]);
                continue;
            }
            if (++i >= body.Length) return Fail("escape sequence not terminated", out error);
            char c = body[i++];
            switch (c)
            {
                case 'x' or 'u' or 'U':
                    int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
                    if (i + digits > body.Length || !uint.TryParse(body.AsSpan(i, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
                        return Fail($"unknown escape sequence U+{(int)c:X4} '{c}'", out error);
                    i += digits;
                    if (c == 'x') bytes.Add((byte)code);
                    else if (!Rune.IsValid(code)) return Fail("escape sequence is an invalid Unicode code point", out error);
                    else Append(new Rune(code), bytes, text);
                    break;
                case >= '0' and <= '7':
                    if (i + 2 > body.Length || body[i] is < '0' or > '7' || body[i + 1] is < '0' or > '7')
                        return Fail("octal escape needs three digits", out error);
                    int octal = ((c - '0') * 64) + ((body[i] - '0') * 8) + (body[i + 1] - '0');
                    if (octal > 255) return Fail($"octal escape value {octal} > 255", out error);
                    bytes.Add((byte)octal);
                    i += 2;
                    break;
                default:
                    char? simple = Simple(c, quote);
                    if (simple is null) return Fail($"unknown escape sequence U+{(int)c:X4} '{c}'", out error);
                    Flush(bytes, text);
                    text.Append(simple.Value);
                    break;
            }
        }
        Flush(bytes, text);
        return text.ToString();
    }

    private static char? Simple(char c, char quote) => c switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        '\\' => '\\',
        _ when c == quote => c,
        _ => null,
    };

    // \x and octal escapes name bytes; several in a row may form one UTF-8 character.
    private static void Flush(List<byte> bytes, StringBuilder text)
    {
        if (bytes.Count == 0) return;
        text.Append(Encoding.UTF8.GetString([.. bytes]));
        bytes.Clear();
    }

    private static void Append(Rune rune, List<byte> bytes, StringBuilder text)
    {
        Flush(bytes, text);
        text.Append(rune.ToString());
    }

    private static string? Fail(string why, out string error)
    {
        error = why;
        return null;
    }
}
