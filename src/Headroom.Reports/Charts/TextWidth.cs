namespace Headroom.Reports.Charts;

/// <summary>
/// How wide text will be, roughly. There is no font to measure where the SVG is made; the widths err on the wide side
/// of the common sans-serif fonts, so that what is reserved is enough.
/// </summary>
internal static class TextWidth
{
    public static double Of(string text, double fontSize)
    {
        double em = 0;
        foreach (char c in text)
            em += c switch
            {
                'i' or 'l' or 'j' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' or '(' or ')' or '[' or ']' or ' ' => 0.35,
                'm' or 'w' or 'M' or 'W' or '%' or '@' => 0.95,
                >= 'A' and <= 'Z' => 0.7,
                < '\u0300' => 0.61,
                // Half of a pair; a pair is usually a wide sign.
                _ when char.IsSurrogate(c) => 0.6,
                >= '\u1100' => 1,
                _ => 0.65,
            };
        return em * fontSize;
    }

    /// <summary>Cuts text to fit, with an ellipsis.</summary>
    public static string Fit(string text, double fontSize, double width)
    {
        if (Of(text, fontSize) <= width) return text;
        int length = text.Length;
        while (length > 1 && Of(text[..length], fontSize) > width - fontSize) length -= Math.Max(1, length / 16);
        return Wording.PlainText.Shorten(text, Math.Max(1, length));
    }
}
