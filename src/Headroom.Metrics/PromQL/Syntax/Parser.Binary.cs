namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Operators between expressions, their matching clauses, and the rules on types.</summary>
internal sealed partial class Parser
{
    // The second argument of info() is a bare list of matchers, which may all match the empty text.
    private bool _lenientSelector;

    private BinaryExpr Binary(Expr left, int precedence)
    {
        var op = Take();
        bool returnBool = TakeIf(TokenKind.Bool);
        var matching = Matching();
        var right = Expression(op.Kind == TokenKind.Pow ? precedence : precedence + 1);
        return CheckBinary(new BinaryExpr(new Span(left.Span.Start, right.Span.End), op.Kind, left, right, returnBool, matching), op);
    }

    private VectorMatching Matching()
    {
        var matching = VectorMatching.Default;
        if (Current.Kind is TokenKind.On or TokenKind.Ignoring)
        {
            bool on = Take().Kind == TokenKind.On;
            matching = matching with { On = on, Labels = LabelList() };
            if (Current.Kind is TokenKind.GroupLeft or TokenKind.GroupRight)
            {
                var cardinality = Take().Kind == TokenKind.GroupLeft ? Cardinality.ManyToOne : Cardinality.OneToMany;
                matching = matching with { Cardinality = cardinality, Include = Current.Kind == TokenKind.LeftParen ? LabelList() : [] };
            }
        }
        while (Current.Kind is TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight && Following.Kind == TokenKind.LeftParen)
        {
            var side = Take();
            Take();
            double value = FillValue();
            Expect(TokenKind.RightParen, "fill", "\")\"");
            bool left = side.Kind != TokenKind.FillRight, right = side.Kind != TokenKind.FillLeft;
            if ((left && matching.FillLeft is not null) || (right && matching.FillRight is not null))
                throw Error("fill may only be set once for a side", side.Span);
            matching = matching with { FillLeft = left ? value : matching.FillLeft, FillRight = right ? value : matching.FillRight };
        }
        return matching;
    }

    private double FillValue()
    {
        bool negative = Current.Kind == TokenKind.Sub;
        if (Current.Kind is TokenKind.Add or TokenKind.Sub) Take();
        double value;
        if (Current.Kind == TokenKind.Number) value = NumberOf(Take());
        else if (Current.Kind == TokenKind.Duration) value = SecondsOf(Take());
        else throw Unexpected("fill", "number");
        return negative ? -value : value;
    }

    private BinaryExpr CheckBinary(BinaryExpr expr, Token op)
    {
        var (left, right, matching) = (expr.Left.Kind, expr.Right.Kind, expr.Matching);
        string spelled = Quoting.Quote(Operators.Spell(op.Kind));
        if (expr.ReturnBool && !Operators.IsComparison(op.Kind))
            throw Error("bool modifier can only be used on comparison operators", op.Span);
        if (Operators.IsComparison(op.Kind) && !expr.ReturnBool && left == ValueKind.Scalar && right == ValueKind.Scalar)
            throw Error("comparisons between scalars must use BOOL modifier", op.Span);
        if (matching.On && matching.Include.FirstOrDefault(matching.Labels.Contains) is { } both)
            throw Error($"label {Quoting.Quote(both)} must not occur in ON and GROUP clause at once", op.Span);
        foreach (var side in (Expr[])[expr.Left, expr.Right])
            if (side.Kind is not (ValueKind.Scalar or ValueKind.Vector))
                throw Error("binary expression must contain only scalar and instant vector types", side.Span);
        bool vectors = left == ValueKind.Vector && right == ValueKind.Vector;
        bool set = Operators.IsSet(op.Kind);
        if (!vectors)
        {
            if (set) throw Error($"set operator {spelled} not allowed in binary scalar expression", op.Span);
            if (matching.Labels.Count > 0 || matching.Include.Count > 0 || matching.FillLeft is not null || matching.FillRight is not null)
                throw Error("vector matching only allowed between instant vectors", expr.Span);
            return expr;
        }
        if (!set) return expr;
        if (matching.Cardinality != Cardinality.OneToOne) throw Error($"no grouping allowed for {spelled} operation", op.Span);
        if (matching.FillLeft is not null || matching.FillRight is not null)
            throw Error($"filling in missing series not allowed for {spelled} operation", op.Span);
        return new BinaryExpr(expr.Span, op.Kind, expr.Left, expr.Right, false, matching with { Cardinality = Cardinality.ManyToMany });
    }

    private void ExpectKind(Expr expr, ValueKind wanted, string context)
    {
        if (expr.Kind != wanted)
            throw Error($"expected type {Expr.Describe(wanted)} in {context}, got {Expr.Describe(expr.Kind)}", expr.Span);
    }

    private void CheckCall(CallExpr call)
    {
        var function = call.Function;
        int count = call.Arguments.Count;
        string name = Quoting.Quote(function.Name);
        if (function.Minimum == function.Maximum && count != function.Minimum)
            throw Error($"expected {function.Minimum} argument(s) in call to {name}, got {count}", call.Span);
        if (count < function.Minimum) throw Error($"expected at least {function.Minimum} argument(s) in call to {name}, got {count}", call.Span);
        if (count > function.Maximum) throw Error($"expected at most {function.Maximum} argument(s) in call to {name}, got {count}", call.Span);
        for (int i = 0; i < count; i++)
        {
            var argument = call.Arguments[i];
            ExpectKind(argument, function.ArgumentAt(i), $"call to function {name}");
            if (argument.Unwrap() is MatrixSelector { Selector.Mode: not RangeMode.Plain } matrix) CheckMode(matrix, function.Name);
        }
        if (function.Name == "info" && count == 2 && call.Arguments[1] is not VectorSelector { Name: "", Time: { Offset: null, At: AtKind.None } })
            throw Error("expected label selectors only in the second argument of info", call.Arguments[1].Span);
        if (function.Name == "histogram_quantiles" && count > 12)
            throw Error($"expected at most 12 argument(s) in call to {name}, got {count}", call.Span);
    }

    private void CheckMode(MatrixSelector matrix, string function)
    {
        string[] anchored = ["changes", "delta", "increase", "rate", "resets"];
        string[] smoothed = ["delta", "increase", "rate"];
        bool isAnchored = matrix.Selector.Mode == RangeMode.Anchored;
        string[] allowed = isAnchored ? anchored : smoothed;
        if (!allowed.Contains(function))
            throw Error($"{(isAnchored ? "anchored" : "smoothed")} modifier can only be used with: {string.Join(", ", allowed)} - not with {function}", matrix.Span);
    }
}
