using System.Text;

namespace Headroom.Objectives.Slos;

/// <summary>Texts in YAML: plain where nothing can go wrong, else double-quoted (YAML 1.2, 7.3.1).</summary>
internal static class YamlText
{
    /// <summary>A scalar on one line.</summary>
    public static string Of(string text)
    {
        if (text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/') && !IsWord(text)) return text;
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c == '\n') quoted.Append("\\n");
            else if (c < ' ' || c is '\x7f' or (>= '\x80' and < '\xa0') or '\u2028' or '\u2029' or '\ufeff') quoted.Append($"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    // What YAML 1.1 or 1.2 readers take for something else than text.
    private static bool IsWord(string text) => text.ToLowerInvariant() is "true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n";
}
