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
        var where = new SourceMark(file, line, Math.Max(1, (int)broken.Start.Column));
        if (at.AsSpan(0, at.Length - at.AsSpan().TrimStart().Length).Contains('\t'))
            return new Problem("yaml-syntax", "The line is indented with a tab, which YAML does not allow.", where.ToString(), "Indent with spaces.");
        return new Problem("yaml-syntax", $"This is not valid YAML: {Sentence(broken)}", where.ToString(), Fix(at));
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

    [GeneratedRegex(@":\s*>\s*=?\s*[-+.0-9]")]
    private static partial Regex FoldedBound();

    [GeneratedRegex(@"(:\s+|-\s+)[%@`&*!|{\[]")]
    private static partial Regex SpecialStart();

    [GeneratedRegex(@":\s+[^""'\s][^""']*:\s")]
    private static partial Regex ColonInside();
}
