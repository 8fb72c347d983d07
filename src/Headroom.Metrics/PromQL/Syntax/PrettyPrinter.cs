using System.Text;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>
/// Lays an expression out over several lines, two spaces deeper for each level, wherever one line would be longer than
/// <see cref="Width"/>.
/// </summary>
internal static class PrettyPrinter
{
    public const int Width = 100;

    public static string Print(Expr expr)
    {
        var text = new StringBuilder();
        Write(expr, 0, text);
        return text.ToString();
    }

    private static void Write(Expr expr, int level, StringBuilder text)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        string line = Printer.Print(expr);
        if (line.Length + (2 * level) <= Width)
        {
            Indent(level, text).Append(line);
            return;
        }
        switch (expr)
        {
            case ParenExpr paren:
                Indent(level, text).Append("(\n");
                Write(paren.Inner, level + 1, text);
                Indent(level, text.Append('\n')).Append(')');
                break;
            case CallExpr call:
                Indent(level, text).Append(call.Function.Name);
                Arguments(call.Arguments, level, text);
                break;
            case AggregateExpr aggregate:
                Printer.AggregateHead(aggregate, Indent(level, text));
                Arguments(aggregate.Parameter is null ? [aggregate.Inner] : [aggregate.Parameter, aggregate.Inner], level, text);
                break;
            case BinaryExpr binary:
                Write(binary.Left, level + 1, text);
                Printer.BinaryHead(binary, Indent(level, text.Append('\n')));
                text.Append('\n');
                Write(binary.Right, level + 1, text);
                break;
            case SubqueryExpr subquery:
                Write(subquery.Inner, level, text);
                Printer.SubqueryTail(subquery, text);
                break;
            default:
                Indent(level, text).Append(line);
                break;
        }
    }

    private static void Arguments(IReadOnlyList<Expr> arguments, int level, StringBuilder text)
    {
        text.Append("(\n");
        for (int i = 0; i < arguments.Count; i++)
        {
            if (i > 0) text.Append(",\n");
            Write(arguments[i], level + 1, text);
        }
        Indent(level, text.Append('\n')).Append(')');
    }

    private static StringBuilder Indent(int level, StringBuilder text) => text.Append(' ', 2 * level);
}
