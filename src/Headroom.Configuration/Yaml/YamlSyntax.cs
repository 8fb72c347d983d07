using System.Text.RegularExpressions;
using Headroom.Configuration.Diagnostics;
using YamlDotNet.Core;

namespace Headroom.Configuration.Yaml;

/// <summary>Turns a YAML syntax error into one sentence with the place, and the fix for the mistakes people make here.</summary>
internal static partial class YamlSyntax
{
    public static Problem Explain(string file, string text, YamlException broken)
    {
        int line = Math.Max(1, (int)broken.Start.Line);
        var lines = text.Split('\n');
        string at = line <= lines.Length ? lines[line - 1].TrimEnd('\r') : "";
        // The parser may notice a tab only lines later, or name the start of what the tab broke.
        int tab = Array.FindIndex(lines, l => TabIndent().IsMatch(l));
        if (tab >= 0 && tab + 1 >= line - 1)
            return new Problem("yaml-syntax", "The line is indented with a tab, which YAML does not allow.", new SourceMark(file, tab + 1, 1).ToString(), "Indent with spaces.");
        var where = new SourceMark(file, line, Math.Max(1, (int)broken.Start.Column));
        return new Problem("yaml-syntax", $"This is not valid YAML: {Sentence(broken)}", where.ToString(), Fix(at));
    }

    /// <summary>The first character that YAML 1.2 does not allow in a file (production c-printable), or null.</summary>
    public static Problem? ControlCharacter(string file, string text)
    {
        int line = 1;
        int column = 1;
        foreach (char c in text)
        {
            if (c is (< ' ' and not ('\t' or '\n' or '\r')) or '\x7f' or (>= '\x80' and < '\xa0' and not '\x85') or '\ufffe' or '\uffff')
                return new Problem("yaml-syntax", $"The file holds the control character U+{(int)c:X4}.", new SourceMark(file, line, column).ToString(), "Remove it.");
            if (c == '\n') (line, column) = (line + 1, 1);
            else column++;
        }
        return null;
    }

    private static string Sentence(YamlException broken)
    {
        string message = (broken.InnerException?.Message ?? broken.Message).ReplaceLineEndings(" ").Trim();
        message = Positions().Replace(message, "");
        if (message.Length == 0) message = "it cannot be read";
        message = char.ToLowerInvariant(message[0]) + message[1..];
        return message.EndsWith('.') ? message : message + ".";
    }

    private static string? Fix(string line)
    {
        if (FoldedBound().IsMatch(line)) return "A value that starts with > needs quotes: \"> 0.5\".";
        if (SpecialStart().IsMatch(line)) return "A value that starts with %, @, `, &, *, !, |, { or [ needs quotes if it is meant as text.";
        if (ColonInside().IsMatch(line)) return "A value that contains a colon and a space needs quotes.";
        return "Check indentation and quotes here and in the lines above.";
    }

    [GeneratedRegex(@"^\(Line.*?\) - \(Line.*?\):\s*")]
    private static partial Regex Positions();

    [GeneratedRegex(@"^ *\t\s*\S")]
    private static partial Regex TabIndent();

    [GeneratedRegex(@":\s*>\s*=?\s*[-+.0-9]")]
    private static partial Regex FoldedBound();

    [GeneratedRegex(@"(:\s+|-\s+)[%@`&*!|{\[]")]
    private static partial Regex SpecialStart();

    [GeneratedRegex(@":\s+[^""'\s][^""']*:\s")]
    private static partial Regex ColonInside();
}
