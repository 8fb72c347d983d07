using System.Text;

namespace Headroom.Reports.Wording;

/// <summary>Makes text from outside (names, labels, queries) safe to put on one line of anything.</summary>
internal static class PlainText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// Replaces what could move a terminal's cursor, break a line, reverse the reading direction or is not allowed in
    /// XML: control characters, bidirectional overrides, lone surrogates and non-characters. Line breaks and tabs
    /// become spaces.
    /// </summary>
    public static string OneLine(string text) => Clean(text, keepLines: false);

    /// <summary>As <see cref="OneLine"/>, but line feeds stay.</summary>
    public static string Lines(string text) => Clean(text.ReplaceLineEndings("\n"), keepLines: true);

    /// <summary>At most <paramref name="length"/> characters, the last one an ellipsis when something was cut.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length) return text;
        if (length <= 1) return "…";
        int end = length - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return string.Concat(text.AsSpan(0, end).TrimEnd(), "…");
    }

    private static string Clean(string text, bool keepLines)
    {
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                clean?.Append(c).Append(text[i + 1]);
                i++;
                continue;
            }
            char safe = c switch
            {
                '\n' when keepLines => '\n',
                '\n' or '\r' or '\t' => ' ',
                _ when char.IsControl(c) || char.IsSurrogate(c) || c >= '\uFFFE' => Replacement,
                (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029' => Replacement,
                _ => c,
            };
            if (safe != c && clean is null) clean = new StringBuilder(text, 0, i, text.Length);
            clean?.Append(safe);
        }
        return clean?.ToString() ?? text;
    }
}
