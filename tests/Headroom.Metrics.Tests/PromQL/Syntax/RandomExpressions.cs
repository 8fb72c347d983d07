using System.Text;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Tests.PromQL.Syntax;

/// <summary>Random well-formed expressions over the whole grammar, and a plain spelling of syntax trees to compare them by.</summary>
internal sealed class RandomExpressions(Random random)
{
    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    public string Vector(int depth)
    {
        if (depth <= 0) return Selector() + Modifiers();
        return random.Next(9) switch
        {
            0 => Selector() + Pick("", " smoothed") + Modifiers(),
            1 => $"{Pick("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar")}{Grouping()} ({Vector(depth - 1)})",
            2 => $"{Pick("topk", "bottomk", "quantile", "limitk", "limit_ratio")}({Scalar(depth - 1)}, {Vector(depth - 1)}){Grouping()}",
            3 => $"{Pick("rate", "increase", "delta", "changes", "resets")}({Matrix(depth - 1)})",
            4 => $"{Pick("abs", "ceil", "sort", "timestamp", "histogram_count", "absent")}({Vector(depth - 1)})",
            5 => $"{Vector(depth - 1)} {Pick("+", "-", "*", "/", "%", "^", "atan2", "</", ">/")}{Matching(fill: true)} {Vector(depth - 1)}",
            6 => $"{Vector(depth - 1)} {Pick("==", "!=", "<", "<=", ">", ">=")}{Pick("", " bool")}{Matching(fill: false)} {Vector(depth - 1)}",
            7 => $"{Vector(depth - 1)} {Pick("and", "or", "unless")}{Pick("", " on (a)", " ignoring (b, \"c.d\")", " on ()")} {Vector(depth - 1)}",
            _ => Pick($"({Vector(depth - 1)})", $"-{Vector(depth - 1)}", $"+{Vector(depth - 1)}", $"vector({Scalar(depth - 1)})", $"label_replace({Vector(depth - 1)}, \"a\", '$1', `b`, \"(.*)\\\\d\")", $"count_values(\"v\\n\", {Vector(depth - 1)})"),
        };
    }

    private string Scalar(int depth) => depth <= 0
        ? Pick("1", "-2.5", "1e10", "0x1f", "Inf", "NaN", "5m", "1h30m", "1e-7", "100ms", "time()", "pi()")
        : Pick($"({Scalar(depth - 1)})", $"scalar({Vector(depth - 1)})", $"{Scalar(0)} {Pick("+", "*", "^", "< bool", "%")} {Scalar(depth - 1)}", $"-{Scalar(depth - 1)}");

    private string Matrix(int depth) => depth <= 0 || random.Next(3) > 0
        ? $"{Selector()}[{Duration()}]{Pick("", "", " anchored")}{Modifiers()}"
        : $"({Vector(depth - 1)})[{Duration()}:{Pick("", Duration())}]{Modifiers()}";

    private string Duration() => Pick("5m", "1h30m", "300", "1.5", "step()", "range() + 5m", "2 * (1m + step())", "max(step(), 1m)", "min(5m, range())", "1w", "1y2d", "-1m + 5m", "2 ^ 3 ^ 1", "10m % 7m");

    private string Modifiers() => Pick("", "", "", " offset 5m", " offset -1.5", " offset (step() * 2)", " offset -(1m)", " @ 1600000000", " @ 12.345", " @ -5", " @ start()", " @ end() offset 1d");

    private string Selector() => Pick("up", "up{a=\"b\"}", "{a=~\"x.+\",b!=\"\",c!~\"\\\\d\"}", "{\"my.metric\"}", "{\"my.metric\",\"a b\"=\"c\\\"\\n\\\\\"}", "sum{by=\"x\"}", "a:b", "{__name__=~\"x|y\"}", "on_x{on='y'}", "offset", "{\"bool\"}", "x{a=\"\u00fc\"}");

    private string Grouping() => Pick("", " by (a)", " without (a, b)", " by ()", " without ()", " by (\"a.b\", sum)");

    private string Matching(bool fill) => Pick("", "", " on (a)", " ignoring (a, b)", " on () group_left ()", " on (a) group_right (b, \"c.d\")", " ignoring (x) group_left (y)") + (fill ? Pick("", "", " fill (1)", " fill_left (-1)", " fill_left (2) fill_right (3)") : "");

    public static string Spell(Expr expr)
    {
        var text = new StringBuilder();
        Spell(expr, text);
        return text.ToString();
    }

    private static void Spell(Expr expr, StringBuilder text)
    {
        text.Append('(').Append(expr.GetType().Name);
        switch (expr)
        {
            case NumberLiteral n: text.Append(' ').Append(double.IsNaN(n.Value) ? "NaN" : BitConverter.DoubleToInt64Bits(n.Value).ToString()).Append(n.IsDuration); break;
            case StringLiteral s: text.Append(' ').Append(s.Value); break;
            case ParenExpr p: Spell(p.Inner, text); break;
            case UnaryExpr u: Spell(u.Inner, text.Append(u.Negative)); break;
            case CallExpr c:
                text.Append(c.Function.Name);
                foreach (var a in c.Arguments) Spell(a, text);
                break;
            case AggregateExpr a:
                text.Append(a.Op).Append(a.Without).Append(string.Join('|', a.Grouping));
                if (a.Parameter is not null) Spell(a.Parameter, text);
                Spell(a.Inner, text);
                break;
            case BinaryExpr b:
                var m = b.Matching;
                text.Append(b.Op).Append(b.ReturnBool).Append(m.Cardinality).Append(m.On).Append(string.Join('|', m.Labels)).Append('/').Append(string.Join('|', m.Include)).Append(m.FillLeft).Append('/').Append(m.FillRight);
                Spell(b.Left, text);
                Spell(b.Right, text);
                break;
            case VectorSelector v: Spell(v, text); break;
            case MatrixSelector x:
                Spell(x.Selector, text);
                Spell(x.Range, text);
                break;
            case SubqueryExpr q:
                Spell(q.Inner, text);
                Spell(q.Range, text);
                if (q.Step is not null) Spell(q.Step, text.Append(':'));
                Spell(q.Time, text);
                break;
        }
        text.Append(')');
    }

    private static void Spell(VectorSelector selector, StringBuilder text)
    {
        text.Append(selector.Name).Append(selector.Mode);
        foreach (var m in selector.Matchers) text.Append(m.Kind).Append(m.Name).Append('=').Append(m.Value).Append(',');
        Spell(selector.Time, text);
    }

    private static void Spell(TimeModifiers time, StringBuilder text)
    {
        text.Append(time.At).Append(time.AtTime);
        if (time.Offset is not null) Spell(time.Offset, text.Append("off"));
    }

    private static void Spell(DurationExpr duration, StringBuilder text)
    {
        text.Append('[').Append(duration.GetType().Name);
        switch (duration)
        {
            case DurationLiteral l: text.Append(l.Value).Append(l.IsDuration); break;
            case DurationOfQuery q: text.Append(q.IsStep); break;
            case DurationUnary u: Spell(u.Inner, text.Append(u.Negative)); break;
            case DurationParen p: Spell(p.Inner, text); break;
            case DurationBinary b:
                Spell(b.Left, text.Append(b.Op));
                Spell(b.Right, text);
                break;
        }
        text.Append(']');
    }
}
