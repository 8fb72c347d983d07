using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL;

/// <summary>What can be done with PromQL text without any data.</summary>
public static class PromqlSyntax
{
    /// <summary>Checks that a text is an expression.</summary>
    /// <exception cref="PromqlException">It is not; the message starts with line and column.</exception>
    public static void Check(string expression) => Parser.Parse(expression);

    /// <summary>Rewrites an expression in one canonical way; long ones over several lines.</summary>
    /// <exception cref="PromqlException">It cannot be parsed.</exception>
    public static string Format(string expression) => PrettyPrinter.Print(Parser.Parse(expression));

    /// <summary>Reads a series selector such as <c>up{service="api"}</c>, as <c>match[]</c> parameters hold one.</summary>
    /// <exception cref="PromqlException">It is not a selector.</exception>
    public static IReadOnlyList<LabelMatcher> ParseSelector(string selector) => Parser.ParseSelector(selector).Matchers;

    /// <summary>The matchers of every selector in an expression, in the order they stand in it.</summary>
    /// <exception cref="PromqlException">It cannot be parsed.</exception>
    public static IReadOnlyList<IReadOnlyList<LabelMatcher>> SelectorsOf(string expression) =>
        [.. SyntaxWalk.Nodes(Parser.Parse(expression)).OfType<VectorSelector>().Select(s => s.Matchers)];
}
