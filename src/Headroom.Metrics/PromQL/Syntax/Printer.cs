using System.Text;
using Headroom.Metrics.PromQL.Output;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Writes a syntax tree as PromQL in one canonical way; reading it gives the same tree.</summary>
internal static class Printer
{
    public static string Print(Expr expr)
    {
        var text = new StringBuilder();
        Write(expr, text);
        return text.ToString();
    }

    public static void Write(Expr expr, StringBuilder text)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (expr)
        {
            case NumberLiteral number: text.Append(Number(number.Value, number.IsDuration)); break;
            case StringLiteral literal: text.Append(Quoting.Quote(literal.Value)); break;
            case ParenExpr paren:
                text.Append('(');
                Write(paren.Inner, text);
                text.Append(')');
                break;
            case UnaryExpr unary:
                text.Append(unary.Negative ? '-' : '+');
                Write(unary.Inner, text);
                break;
            case CallExpr call:
                text.Append(call.Function.Name);
                Arguments(call.Arguments, text);
                break;
            case AggregateExpr aggregate:
                AggregateHead(aggregate, text);
                Arguments(aggregate.Parameter is null ? [aggregate.Inner] : [aggregate.Parameter, aggregate.Inner], text);
                break;
            case BinaryExpr binary:
                Write(binary.Left, text);
                text.Append(' ');
                BinaryHead(binary, text);
                text.Append(' ');
                Write(binary.Right, text);
                break;
            case VectorSelector selector:
                SelectorHead(selector, text);
                Mode(selector.Mode, text);
                Modifiers(selector.Time, text);
                break;
            case MatrixSelector matrix:
                SelectorHead(matrix.Selector, text);
                text.Append('[');
                Duration(matrix.Range, text);
                text.Append(']');
                Mode(matrix.Selector.Mode, text);
                Modifiers(matrix.Selector.Time, text);
                break;
            case SubqueryExpr subquery:
                Write(subquery.Inner, text);
                SubqueryTail(subquery, text);
                break;
        }
    }

    private static void Arguments(IEnumerable<Expr> arguments, StringBuilder text)
    {
        text.Append('(');
        bool first = true;
        foreach (var argument in arguments)
        {
            if (!first) text.Append(", ");
            Write(argument, text);
            first = false;
        }
        text.Append(')');
    }

    public static void AggregateHead(AggregateExpr aggregate, StringBuilder text)
    {
        text.Append(Operators.Spell(aggregate.Op));
        if (aggregate.Without || aggregate.Grouping.Count > 0)
            text.Append(aggregate.Without ? " without " : " by ").Append(LabelList(aggregate.Grouping)).Append(' ');
    }

    public static void BinaryHead(BinaryExpr binary, StringBuilder text)
    {
        text.Append(Operators.Spell(binary.Op));
        if (binary.ReturnBool) text.Append(" bool");
        var matching = binary.Matching;
        bool grouped = matching.Cardinality is Cardinality.ManyToOne or Cardinality.OneToMany;
        if (matching.On || matching.Labels.Count > 0 || grouped)
            text.Append(matching.On ? " on " : " ignoring ").Append(LabelList(matching.Labels));
        if (grouped)
            text.Append(matching.Cardinality == Cardinality.ManyToOne ? " group_left " : " group_right ").Append(LabelList(matching.Include));
        if (matching.FillLeft is { } left && matching.FillRight is { } right && left.Equals(right)) text.Append(" fill (").Append(Number(left, false)).Append(')');
        else
        {
            if (matching.FillLeft is { } onlyLeft) text.Append(" fill_left (").Append(Number(onlyLeft, false)).Append(')');
            if (matching.FillRight is { } onlyRight) text.Append(" fill_right (").Append(Number(onlyRight, false)).Append(')');
        }
    }

    public static void SubqueryTail(SubqueryExpr subquery, StringBuilder text)
    {
        text.Append('[');
        Duration(subquery.Range, text);
        text.Append(':');
        if (subquery.Step is not null) Duration(subquery.Step, text);
        text.Append(']');
        Modifiers(subquery.Time, text);
    }

    private static void SelectorHead(VectorSelector selector, StringBuilder text)
    {
        bool nameOutside = selector.Name.Length > 0 && IsMetricWord(selector.Name);
        if (nameOutside) text.Append(selector.Name);
        bool nameInside = selector.Name.Length > 0 && !nameOutside;
        int count = selector.Name.Length > 0 ? selector.Matchers.Count - 1 : selector.Matchers.Count;
        if (nameOutside && count == 0) return;
        text.Append('{');
        if (nameInside) text.Append(Quoting.Quote(selector.Name)).Append(count > 0 ? "," : "");
        for (int i = 0; i < count; i++)
        {
            var matcher = selector.Matchers[i];
            if (i > 0) text.Append(',');
            text.Append(LabelName(matcher.Name)).Append(matcher.Kind switch
            {
                MatchKind.Equal => "=",
                MatchKind.NotEqual => "!=",
                MatchKind.Regex => "=~",
                _ => "!~",
            }).Append(Quoting.Quote(matcher.Value));
        }
        text.Append('}');
    }

    private static void Mode(RangeMode mode, StringBuilder text)
    {
        if (mode != RangeMode.Plain) text.Append(mode == RangeMode.Anchored ? " anchored" : " smoothed");
    }

    private static void Modifiers(TimeModifiers time, StringBuilder text)
    {
        switch (time.At)
        {
            case AtKind.Start: text.Append(" @ start()"); break;
            case AtKind.End: text.Append(" @ end()"); break;
            case AtKind.Time: text.Append(" @ ").Append(Seconds(time.AtTime)); break;
        }
        if (time.Offset is null) return;
        text.Append(" offset ");
        Duration(time.Offset, text);
    }

    private static string Seconds(long milliseconds) =>
        (milliseconds / 1000m).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);

    private static void Duration(DurationExpr duration, StringBuilder text)
    {
        switch (duration)
        {
            case DurationLiteral literal: text.Append(Number(literal.Value, literal.IsDuration)); break;
            case DurationOfQuery query: text.Append(query.IsStep ? "step()" : "range()"); break;
            case DurationUnary unary:
                text.Append(unary.Negative ? '-' : '+');
                Duration(unary.Inner, text);
                break;
            case DurationParen paren:
                text.Append('(');
                Duration(paren.Inner, text);
                text.Append(')');
                break;
            case DurationBinary { Op: TokenKind.Min or TokenKind.Max } call:
                text.Append(call.Op == TokenKind.Min ? "min(" : "max(");
                Duration(call.Left, text);
                text.Append(", ");
                Duration(call.Right, text);
                text.Append(')');
                break;
            case DurationBinary binary:
                Duration(binary.Left, text);
                text.Append(' ').Append(Operators.Spell(binary.Op)).Append(' ');
                Duration(binary.Right, text);
                break;
        }
    }

    public static string Number(double value, bool isDuration)
    {
        if (isDuration && Math.Abs(value) < 1e12) return NumberSyntax.FormatDuration((long)Math.Round(value * 1000));
        // A plus sign would bind weaker than an operator after it.
        return double.IsPositiveInfinity(value) ? "Inf" : GoFloat.Plain(value);
    }

    private static string LabelList(IReadOnlyList<string> labels) => "(" + string.Join(", ", labels.Select(LabelName)) + ")";

    private static string LabelName(string name) => IsWord(name, colon: false) ? name : Quoting.Quote(name);

    private static bool IsMetricWord(string name) => IsWord(name, colon: true)
        && Keywords.Find(name) is not (TokenKind.Number or TokenKind.Bool or TokenKind.On or TokenKind.Ignoring or TokenKind.GroupLeft or TokenKind.GroupRight);

    private static bool IsWord(string name, bool colon)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && !(colon && c == ':')) return false;
        return true;
    }
}
