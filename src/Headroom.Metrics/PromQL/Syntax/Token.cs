namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>A half-open range of characters of an expression.</summary>
internal readonly record struct Span(int Start, int End);

internal enum TokenKind
{
    EndOfInput,
    Error,
    Identifier,
    MetricIdentifier,
    String,
    Number,
    Duration,

    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    Assign,
    At,

    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    RegexMatch,
    RegexNoMatch,
    TrimUpper,
    TrimLower,
    And,
    Or,
    Unless,

    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    TopK,
    BottomK,
    CountValues,
    Quantile,
    LimitK,
    LimitRatio,

    Offset,
    Anchored,
    Smoothed,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Fill,
    FillLeft,
    FillRight,
    Bool,
    Start,
    End,
    Step,
    Range,
}

/// <summary>One lexical unit: what it is, where it stands and its text as written.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, string Text)
{
    public Span Span => new(Start, Start + Text.Length);

    public bool IsAggregator => Kind is >= TokenKind.Sum and <= TokenKind.LimitRatio;

    public bool IsOperator => Kind is >= TokenKind.Add and <= TokenKind.Unless;

    public bool IsKeyword => Kind is >= TokenKind.Offset and <= TokenKind.Range;

    /// <summary>How a parse error names the token; the same words as Prometheus, so that its users recognise them.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.EndOfInput => "end of input",
        TokenKind.Identifier => $"identifier {Quoting.Quote(Text)}",
        TokenKind.MetricIdentifier => $"metric identifier {Quoting.Quote(Text)}",
        TokenKind.String => $"string {Shorten(Text)}",
        TokenKind.Number => $"number {Shorten(Text)}",
        TokenKind.Duration => $"duration {Shorten(Text)}",
        _ when IsAggregator => $"<aggr:{Text}>",
        _ when IsKeyword => $"<{Text}>",
        _ when IsOperator => $"<op:{Text}>",
        _ => Quoting.Quote(Text),
    };

    private static string Shorten(string text) =>
        text.Length > 10 ? Quoting.Quote(text[..10]) + "..." : Quoting.Quote(text);
}

/// <summary>The words that mean something; compared without regard to case.</summary>
internal static class Keywords
{
    private static readonly Dictionary<string, TokenKind> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["and"] = TokenKind.And,
        ["or"] = TokenKind.Or,
        ["unless"] = TokenKind.Unless,
        ["atan2"] = TokenKind.Atan2,
        ["sum"] = TokenKind.Sum,
        ["avg"] = TokenKind.Avg,
        ["count"] = TokenKind.Count,
        ["min"] = TokenKind.Min,
        ["max"] = TokenKind.Max,
        ["group"] = TokenKind.Group,
        ["stddev"] = TokenKind.Stddev,
        ["stdvar"] = TokenKind.Stdvar,
        ["topk"] = TokenKind.TopK,
        ["bottomk"] = TokenKind.BottomK,
        ["count_values"] = TokenKind.CountValues,
        ["quantile"] = TokenKind.Quantile,
        ["limitk"] = TokenKind.LimitK,
        ["limit_ratio"] = TokenKind.LimitRatio,
        ["offset"] = TokenKind.Offset,
        ["anchored"] = TokenKind.Anchored,
        ["smoothed"] = TokenKind.Smoothed,
        ["by"] = TokenKind.By,
        ["without"] = TokenKind.Without,
        ["on"] = TokenKind.On,
        ["ignoring"] = TokenKind.Ignoring,
        ["group_left"] = TokenKind.GroupLeft,
        ["group_right"] = TokenKind.GroupRight,
        ["fill"] = TokenKind.Fill,
        ["fill_left"] = TokenKind.FillLeft,
        ["fill_right"] = TokenKind.FillRight,
        ["bool"] = TokenKind.Bool,
        ["start"] = TokenKind.Start,
        ["end"] = TokenKind.End,
        ["step"] = TokenKind.Step,
        ["range"] = TokenKind.Range,
        ["inf"] = TokenKind.Number,
        ["nan"] = TokenKind.Number,
    };

    public static TokenKind? Find(string word) => Table.TryGetValue(word, out var kind) ? kind : null;
}
