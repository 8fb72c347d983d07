namespace Headroom.Load.Templates;

/// <summary>A text with places for data: <c>/users/{{ randomInt(1, 1000) }}</c>. Parsed once, when the plan is read.</summary>
internal sealed class Template
{
    private Template(string text, IReadOnlyList<TemplatePart> parts) => (Text, Parts) = (text, parts);

    /// <summary>As the plan has it.</summary>
    public string Text { get; }

    /// <summary>Literal texts and expressions in order.</summary>
    public IReadOnlyList<TemplatePart> Parts { get; }

    /// <summary>The whole text when nothing in it changes; else null.</summary>
    public string? Constant => Parts.Count == 0 ? "" : Parts is [LiteralPart literal] ? literal.Text : null;

    /// <summary>The expressions in it.</summary>
    public IEnumerable<TemplateExpression> Expressions => Parts.OfType<TemplateExpression>();

    /// <summary>A text in which <c>{{</c> means nothing.</summary>
    public static Template Literal(string text) => new(text, text.Length == 0 ? [] : [new LiteralPart(text)]);

    /// <summary>Reads a template; <paramref name="reason"/> says what is wrong with it.</summary>
    public static bool TryParse(string text, out Template template, out string reason)
    {
        var parts = new List<TemplatePart>();
        template = null!;
        reason = "";
        int at = 0;
        while (true)
        {
            int open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0) break;
            int close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                reason = "'{{' without '}}'";
                return false;
            }
            if (open > at) parts.Add(new LiteralPart(text[at..open]));
            if (!ExpressionParser.TryParse(text[(open + 2)..close], out var expression, out reason)) return false;
            parts.Add(expression);
            at = close + 2;
        }
        if (at < text.Length) parts.Add(new LiteralPart(text[at..]));
        template = new Template(text, parts);
        return true;
    }
}

/// <summary>A part of a template.</summary>
internal abstract record TemplatePart;

/// <summary>Text that is sent as it stands.</summary>
internal sealed record LiteralPart(string Text) : TemplatePart;

/// <summary>A value put in when a request is made.</summary>
/// <param name="Name">A function, a variable, or a feed's column as <c>feed.column</c>.</param>
/// <param name="Arguments">Of a function; null for a name.</param>
/// <param name="Filter">How the value is written.</param>
internal sealed record TemplateExpression(string Name, IReadOnlyList<string>? Arguments, ValueFilter Filter) : TemplatePart;

/// <summary>How a value is written into a text.</summary>
internal enum ValueFilter
{
    /// <summary>As its place needs it: escaped in a URL, as a string's inside in <c>json</c>, as it is elsewhere.</summary>
    ByPlace,

    /// <summary>As it is.</summary>
    Raw,

    /// <summary>Percent-encoded (RFC 3986 unreserved characters stay).</summary>
    Url,

    /// <summary>As the inside of a JSON string.</summary>
    Json,

    /// <summary>In base 64.</summary>
    Base64,
}
