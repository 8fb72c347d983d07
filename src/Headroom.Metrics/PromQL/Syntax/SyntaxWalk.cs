namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Goes through a tree in the order it was written, without recursion: a deep tree needs no deep stack.</summary>
internal static class SyntaxWalk
{
    /// <summary>Every node, parents before children.</summary>
    public static IEnumerable<Expr> Nodes(Expr root)
    {
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out var expr))
        {
            yield return expr;
            switch (expr)
            {
                case ParenExpr paren: open.Push(paren.Inner); break;
                case UnaryExpr unary: open.Push(unary.Inner); break;
                case SubqueryExpr subquery: open.Push(subquery.Inner); break;
                case MatrixSelector matrix: open.Push(matrix.Selector); break;
                case AggregateExpr aggregate:
                    open.Push(aggregate.Inner);
                    if (aggregate.Parameter is { } parameter) open.Push(parameter);
                    break;
                case BinaryExpr binary:
                    open.Push(binary.Right);
                    open.Push(binary.Left);
                    break;
                case CallExpr call:
                    for (int i = call.Arguments.Count - 1; i >= 0; i--) open.Push(call.Arguments[i]);
                    break;
            }
        }
    }
}
