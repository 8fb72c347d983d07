using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Load.Templates;

/// <summary>Reads what stands between <c>{{</c> and <c>}}</c>: <c>name</c>, <c>feed.column</c>, <c>function(1, "two")</c>, then perhaps <c>| filter</c>.</summary>
internal static class ExpressionParser
{
    /// <summary>The functions, with how many arguments each takes and whether they are whole numbers.</summary>
    public static readonly IReadOnlyDictionary<string, (int Least, int Most, bool Numbers)> Functions = new Dictionary<string, (int, int, bool)>(StringComparer.Ordinal)
    {
        ["randomInt"] = (2, 2, true),
        ["randomString"] = (1, 1, true),
        ["pick"] = (1, 1000, false),
        ["sequence"] = (0, 1, true),
        ["uuid"] = (0, 0, false),
        ["timestamp"] = (0, 0, false),
    };

    private static readonly string[] Filters = ["raw", "url", "json", "base64"];

    public static bool TryParse(string text, out TemplateExpression expression, out string reason)
    {
        expression = null!;
        reason = "";
        var filter = ValueFilter.ByPlace;
        int bar = LastBar(text);
        if (bar >= 0)
        {
            string name = text[(bar + 1)..].Trim();
            switch (name)
            {
                case "raw": filter = ValueFilter.Raw; break;
                case "url": filter = ValueFilter.Url; break;
                case "json": filter = ValueFilter.Json; break;
                case "base64": filter = ValueFilter.Base64; break;
                default:
                    reason = $"the filter '{Short(name)}' is none of {string.Join(", ", Filters)}";
                    return false;
            }
            text = text[..bar];
        }
        text = text.Trim();
        int paren = text.IndexOf('(', StringComparison.Ordinal);
        if (paren < 0)
        {
            if (!IsName(text))
            {
                reason = text.Length == 0 ? "there is nothing between '{{' and '}}'" : $"'{Short(text)}' is no name";
                return false;
            }
            expression = new TemplateExpression(text, null, filter);
            return true;
        }
        string function = text[..paren].Trim();
        if (!Functions.TryGetValue(function, out var shape))
        {
            reason = $"there is no function '{Short(function)}'" + (NearestName.Of(function, Functions.Keys) is { } near ? $"; did you mean {near}?" : $": known are {string.Join(", ", Functions.Keys)}");
            return false;
        }
        if (!text.EndsWith(')'))
        {
            reason = "')' is missing";
            return false;
        }
        if (!TryArguments(text[(paren + 1)..^1], out var arguments, out reason)) return false;
        if (arguments.Count < shape.Least || arguments.Count > shape.Most)
        {
            reason = shape.Least == shape.Most ? $"{function} takes {shape.Least} arguments" : $"{function} takes {shape.Least} to {shape.Most} arguments";
            return false;
        }
        if (shape.Numbers && !arguments.All(a => long.TryParse(a, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
        {
            reason = $"{function} takes whole numbers";
            return false;
        }
        if (function == "randomInt" && long.Parse(arguments[0], CultureInfo.InvariantCulture) > long.Parse(arguments[1], CultureInfo.InvariantCulture))
        {
            reason = "randomInt takes the smaller number first";
            return false;
        }
        if (function == "randomString" && long.Parse(arguments[0], CultureInfo.InvariantCulture) is < 1 or > 100_000)
        {
            reason = "randomString takes a length from 1 to 100000";
            return false;
        }
        expression = new TemplateExpression(function, arguments, filter);
        return true;
    }

    /// <summary>Whether a text may name a variable, a feed or a feed's column.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 200 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool TryArguments(string text, out List<string> arguments, out string reason)
    {
        arguments = [];
        reason = "";
        if (string.IsNullOrWhiteSpace(text)) return true;
        int at = 0;
        while (true)
        {
            while (at < text.Length && text[at] == ' ') at++;
            if (at < text.Length && text[at] is '"' or '\'')
            {
                int end = text.IndexOf(text[at], at + 1);
                if (end < 0)
                {
                    reason = "a quote is not closed";
                    return false;
                }
                arguments.Add(text[(at + 1)..end]);
                at = end + 1;
                while (at < text.Length && text[at] == ' ') at++;
                if (at < text.Length && text[at] != ',')
                {
                    reason = "a comma must follow an argument";
                    return false;
                }
            }
            else
            {
                int end = text.IndexOf(',', at);
                if (end < 0) end = text.Length;
                string argument = text[at..end].Trim();
                if (argument.Length == 0)
                {
                    reason = "an argument is empty";
                    return false;
                }
                arguments.Add(argument);
                at = end;
            }
            if (at >= text.Length) return true;
            at++;
        }
    }

    // A bar inside quotes is part of an argument.
    private static int LastBar(string text)
    {
        char quote = '\0';
        int found = -1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '"' or '\'') quote = c;
            else if (c == '|') found = i;
        }
        return found;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..37] + "...";
}
