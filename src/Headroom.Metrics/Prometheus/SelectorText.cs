using System.Globalization;
using System.Text;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Prometheus;

/// <summary>Matchers as a selector's text, as <c>match[]</c> takes it.</summary>
internal static class SelectorText
{
    /// <summary>A selector in braces.</summary>
    public static string Of(IReadOnlyList<LabelMatcher> matchers)
    {
        var text = new StringBuilder("{");
        foreach (var matcher in matchers)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(IsPlain(matcher.Name) ? matcher.Name : Quoting.Quote(matcher.Name));
            text.Append(matcher.Kind switch { MatchKind.Equal => "=", MatchKind.NotEqual => "!=", MatchKind.Regex => "=~", _ => "!~" });
            text.Append(Quoting.Quote(matcher.Value));
        }
        return text.Append('}').ToString();
    }

    /// <summary>A label name as a path holds it: <c>U__</c> escaping when it is no plain identifier.</summary>
    public static string Escaped(string name)
    {
        if (IsPlain(name)) return name;
        var text = new StringBuilder("U__");
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value == '_') text.Append("__");
            else if (rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value)) text.Append((char)rune.Value);
            else text.Append(CultureInfo.InvariantCulture, $"_{rune.Value:X}_");
        }
        return text.ToString();
    }

    private static bool IsPlain(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
