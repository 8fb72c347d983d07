using System.Text;
using System.Text.RegularExpressions;

namespace Headroom.Metrics.PromQL;

/// <summary>
/// Regular expressions as Prometheus reads them: RE2 syntax, anchored at both ends, the dot matching newlines too, in
/// time linear in the text. The pattern is rewritten into what .NET's non-backtracking engine reads: named groups, the
/// ASCII classes of RE2, its POSIX classes, <c>\Q…\E</c>, and characters beyond 16 bits under a dot.
/// </summary>
internal static class Re2
{
    private const string AnyCharacter = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\uD800-\uDFFF])";
    private const string AnyButNewline = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\n\uD800-\uDFFF])";

    /// <summary>Compiles a pattern, anchored.</summary>
    /// <exception cref="RegexParseException">It cannot be parsed.</exception>
    /// <exception cref="NotSupportedException">It uses what RE2 too refuses: back-references, look-around.</exception>
    public static Regex Compile(string pattern) =>
        new($@"\A(?:{Translate(pattern)})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>The pattern in .NET's syntax.</summary>
    public static string Translate(string pattern)
    {
        if (!NeedsTranslation(pattern)) return pattern;
        var text = new StringBuilder(pattern.Length + 16);
        // Flags of the groups the position stands in; the dot matches newlines unless (?-s) says otherwise.
        var dotAll = new Stack<bool>([true]);
        for (int i = 0; i < pattern.Length;)
        {
            char c = pattern[i];
            switch (c)
            {
                case '\\':
                    i = Escape(pattern, i, text, inClass: false);
                    break;
                case '[':
                    i = Class(pattern, i, text);
                    break;
                case '.':
                    i++;
                    // Repeated at will, halves of a character are as good as characters.
                    bool any = i < pattern.Length && pattern[i] is '*' or '+';
                    text.Append(dotAll.Peek() ? (any ? @"[\s\S]" : AnyCharacter) : any ? @"[^\n]" : AnyButNewline);
                    break;
                case '(':
                    i = Group(pattern, i, text, dotAll);
                    break;
                case ')':
                    if (dotAll.Count > 1) dotAll.Pop();
                    text.Append(c);
                    i++;
                    break;
                case '$':
                    text.Append(@"\z");
                    i++;
                    break;
                default:
                    text.Append(c);
                    i++;
                    break;
            }
        }
        return text.ToString();
    }

    private static bool NeedsTranslation(string pattern)
    {
        foreach (char c in pattern)
            if (c is '\\' or '[' or '.' or '(' or '$') return true;
        return false;
    }

    private static int Group(string pattern, int i, StringBuilder text, Stack<bool> dotAll)
    {
        i++;
        text.Append('(');
        bool flag = dotAll.Peek();
        if (i >= pattern.Length || pattern[i] != '?')
        {
            dotAll.Push(flag);
            return i;
        }
        var rest = pattern.AsSpan(i);
        if (rest.StartsWith("?P<"))
        {
            text.Append("?<");
            dotAll.Push(flag);
            return i + 3;
        }
        if (rest.StartsWith("?<") && rest.Length > 2 && rest[2] is not ('=' or '!'))
        {
            dotAll.Push(flag);
            return i;
        }
        int end = i + 1;
        while (end < pattern.Length && pattern[end] is 'i' or 'm' or 's' or 'U' or '-') end++;
        if (end >= pattern.Length || pattern[end] is not (':' or ')')) throw new NotSupportedException($"invalid or unsupported Perl syntax: `{pattern[(i - 1)..Math.Min(pattern.Length, end + 1)]}`");
        string flags = pattern[(i + 1)..end];
        bool on = true;
        string kept = "";
        foreach (char f in flags)
        {
            if (f == '-') on = false;
            else if (f == 's') flag = on;
            else if (f is 'i' or 'm') kept += on ? f : kept.Contains('-') ? $"{f}" : $"-{f}";
        }
        // A group that only sets flags lasts until the group around it ends.
        if (pattern[end] == ')')
        {
            dotAll.Pop();
            dotAll.Push(flag);
            text.Length--;
            if (kept.Length > 0) text.Append("(?").Append(kept).Append(')');
            return end + 1;
        }
        text.Append('?').Append(kept).Append(':');
        dotAll.Push(flag);
        return end + 1;
    }

    private static int Escape(string pattern, int i, StringBuilder text, bool inClass)
    {
        if (i + 1 >= pattern.Length)
        {
            text.Append('\\');
            return i + 1;
        }
        char c = pattern[i + 1];
        switch (c)
        {
            case 'd': text.Append(inClass ? "0-9" : "[0-9]"); return i + 2;
            case 'D' when !inClass: text.Append("[^0-9]"); return i + 2;
            case 'w': text.Append(inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]"); return i + 2;
            case 'W' when !inClass: text.Append("[^0-9A-Za-z_]"); return i + 2;
            case 's': text.Append(inClass ? @"\t\n\f\r " : @"[\t\n\f\r ]"); return i + 2;
            case 'S' when !inClass: text.Append(@"[^\t\n\f\r ]"); return i + 2;
            case 'Q' when !inClass:
                int end = pattern.IndexOf(@"\E", i + 2, StringComparison.Ordinal);
                string literal = end < 0 ? pattern[(i + 2)..] : pattern[(i + 2)..end];
                text.Append(Regex.Escape(literal));
                return end < 0 ? pattern.Length : end + 2;
            case 'C' when !inClass: text.Append(AnyCharacter); return i + 2;
            case 'x' when i + 2 < pattern.Length && pattern[i + 2] == '{':
                int close = pattern.IndexOf('}', i);
                if (close < 0 || !uint.TryParse(pattern.AsSpan(i + 3, close - i - 3), System.Globalization.NumberStyles.AllowHexSpecifier, null, out uint code) || !Rune.IsValid(code))
                    throw new NotSupportedException($"invalid escape sequence: `{pattern[i..]}`");
                text.Append(Regex.Escape(new Rune(code).ToString()));
                return close + 1;
            case 'p' or 'P' when i + 2 < pattern.Length && pattern[i + 2] != '{':
                text.Append('\\').Append(c).Append('{').Append(pattern[i + 2]).Append('}');
                return i + 3;
            case >= '1' and <= '9' or 'k':
                throw new NotSupportedException($"invalid escape sequence: `\\{c}`");
            case 'z' or 'A' or 'b' or 'B':
                text.Append('\\').Append(c);
                return i + 2;
            default:
                if (char.IsAsciiLetter(c) && c is not ('a' or 'f' or 't' or 'n' or 'r' or 'v' or 'x' or 'p' or 'P' or 'D' or 'W' or 'S'))
                    throw new NotSupportedException($"invalid escape sequence: `\\{c}`");
                text.Append('\\').Append(c);
                return i + 2;
        }
    }

    private static int Class(string pattern, int i, StringBuilder text)
    {
        text.Append(pattern[i++]);
        if (i < pattern.Length && pattern[i] == '^') text.Append(pattern[i++]);
        bool first = true;
        while (i < pattern.Length && (pattern[i] != ']' || first))
        {
            first = false;
            if (pattern[i] == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':')
            {
                int end = pattern.IndexOf(":]", i, StringComparison.Ordinal);
                if (end > 0 && Posix(pattern[(i + 2)..end]) is { } members)
                {
                    text.Append(members);
                    i = end + 2;
                    continue;
                }
                throw new NotSupportedException($"invalid character class range: `{pattern[i..(end < 0 ? pattern.Length : end + 2)]}`");
            }
            if (pattern[i] == '\\') i = Escape(pattern, i, text, inClass: true);
            else
            {
                // In .NET a bracket within a class would start a subtraction.
                if (pattern[i] is '[' or ']') text.Append('\\');
                text.Append(pattern[i++]);
            }
        }
        if (i < pattern.Length) text.Append(pattern[i++]);
        return i;
    }

    private static string? Posix(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => @"\x00-\x7F",
        "blank" => @"\t ",
        "cntrl" => @"\x00-\x1F\x7F",
        "digit" => "0-9",
        "graph" => "!-~",
        "lower" => "a-z",
        "print" => " -~",
        "punct" => @"!-/:-@\[-`{-~",
        "space" => @"\t\n\v\f\r ",
        "upper" => "A-Z",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        _ => null,
    };
}
