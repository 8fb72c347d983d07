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
    public static IReadOnlyList<IReadOnlyList<LabelMatcher>> SelectorsOf(string expression)
    {
        var found = new List<IReadOnlyList<LabelMatcher>>();
        Walk(Parser.Parse(expression));
        return found;

        void Walk(Expr expr)
        {
            switch (expr)
            {
                case VectorSelector selector: found.Add(selector.Matchers); break;
                case MatrixSelector matrix: found.Add(matrix.Selector.Matchers); break;
                case ParenExpr paren: Walk(paren.Inner); break;
                case UnaryExpr unary: Walk(unary.Inner); break;
                case SubqueryExpr subquery: Walk(subquery.Inner); break;
                case AggregateExpr aggregate: Walk(aggregate.Inner); break;
                case CallExpr call:
                    foreach (var argument in call.Arguments) Walk(argument);
                    break;
                case BinaryExpr binary:
                    Walk(binary.Left);
                    Walk(binary.Right);
                    break;
            }
        }
    }
}
