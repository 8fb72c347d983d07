using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL;

/// <summary>Reads and writes PromQL without evaluating it, for whoever takes expressions from people.</summary>
public static class PromqlSyntax
{
    /// <summary>Checks that a text is an expression with the right types.</summary>
    /// <exception cref="PromqlException">It is not; the message starts with line and column.</exception>
    public static void Check(string expression) => Parser.Parse(expression);

    /// <summary>The expression in Prometheus's canonical form.</summary>
    /// <exception cref="PromqlException">It is not PromQL.</exception>
    public static string Format(string expression) => Printer.Print(Parser.Parse(expression));

    /// <summary>The conditions of a selector, as <c>match[]</c> holds one.</summary>
    /// <exception cref="PromqlException">It is not a selector, or one that matches everything.</exception>
    public static IReadOnlyList<LabelMatcher> Selector(string selector) => Parser.ParseSelector(selector).Matchers;
}
