using System.Runtime.CompilerServices;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Durations: literals, plain numbers of seconds, and arithmetic over them.</summary>
internal sealed partial class Parser
{
    /// <summary>Deepest arithmetic within a duration.</summary>
    private const int MaxDurationDepth = 100;

    private const string WantedDuration = "number, duration, step(), or range()";

    private DurationExpr Duration() => Folded(DurationSum(1));

    private DurationExpr DurationSum(int minimum)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Error("expression is nested too deeply", Current.Span);
        var left = DurationSigned();
        while (true)
        {
            var op = Current.Kind;
            if (op is not (TokenKind.Add or TokenKind.Sub or TokenKind.Mul or TokenKind.Div or TokenKind.Mod or TokenKind.Pow)) return left;
            int precedence = Operators.Precedence(op);
            if (precedence < minimum) return left;
            Take();
            var right = DurationSum(op == TokenKind.Pow ? precedence : precedence + 1);
            left = Folded(new DurationBinary(new Span(left.Span.Start, right.Span.End), op, left, right), keepShape: true);
        }
    }

    private DurationExpr DurationSigned()
    {
        if (Current.Kind is not (TokenKind.Add or TokenKind.Sub)) return DurationAtom();
        var sign = Take();
        var inner = DurationSum(Operators.PowerPrecedence);
        return new DurationUnary(new Span(sign.Start, inner.Span.End), sign.Kind == TokenKind.Sub, inner);
    }

    private DurationExpr DurationAtom()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Take();
                return new DurationLiteral(token.Span, NumberOf(token), isDuration: false);
            case TokenKind.Duration:
                Take();
                return new DurationLiteral(token.Span, SecondsOf(token), isDuration: true);
            case TokenKind.Step or TokenKind.Range when Following.Kind == TokenKind.LeftParen:
                Take();
                Take();
                Expect(TokenKind.RightParen, "duration expression", "\")\"");
                return new DurationOfQuery(new Span(token.Start, PreviousEnd), token.Kind == TokenKind.Step);
            case TokenKind.LeftParen:
                Take();
                var inner = DurationSum(1);
                Expect(TokenKind.RightParen, "duration expression", "\")\"");
                return new DurationParen(new Span(token.Start, PreviousEnd), inner);
        }
        bool least = token.Kind == TokenKind.Min || token is { Kind: TokenKind.Identifier, Text: "min_of" };
        bool most = token.Kind == TokenKind.Max || token is { Kind: TokenKind.Identifier, Text: "max_of" };
        if ((least || most) && Following.Kind == TokenKind.LeftParen)
        {
            Take();
            Take();
            var first = DurationSum(1);
            Expect(TokenKind.Comma, "duration expression", "\",\"");
            var second = DurationSum(1);
            Expect(TokenKind.RightParen, "duration expression", "\")\"");
            return new DurationBinary(new Span(token.Start, PreviousEnd), least ? TokenKind.Min : TokenKind.Max, first, second);
        }
        throw Unexpected("subquery or range selector", WantedDuration);
    }

    // Without parentheses an offset is one signed value; what follows belongs to the expression around it.
    private DurationExpr OffsetDuration()
    {
        if (Current.Kind is not (TokenKind.Add or TokenKind.Sub or TokenKind.Number or TokenKind.Duration or TokenKind.LeftParen
            or TokenKind.Step or TokenKind.Range or TokenKind.Min or TokenKind.Max or TokenKind.Identifier))
            throw Unexpected("offset", WantedDuration);
        var start = Current;
        bool signed = Current.Kind is TokenKind.Add or TokenKind.Sub;
        if (signed) Take();
        if (Current.Kind == TokenKind.Identifier && Current.Text is not ("min_of" or "max_of")) throw Unexpected("offset", WantedDuration);
        if (Current.Kind is TokenKind.Error or TokenKind.EndOfInput) throw Unexpected("offset", WantedDuration);
        var value = DurationAtom();
        if (signed)
        {
            bool negative = start.Kind == TokenKind.Sub;
            var span = new Span(start.Start, PreviousEnd);
            value = value is DurationLiteral literal
                ? new DurationLiteral(span, negative ? -literal.Value : literal.Value, literal.IsDuration)
                : new DurationUnary(span, negative, value);
        }
        return Folded(value);
    }

    private DurationExpr Folded(DurationExpr duration, bool keepShape = false)
    {
        if (duration.Depth > MaxDurationDepth) throw Error($"duration is nested more than {MaxDurationDepth} levels deep", duration.Span);
        if (!duration.IsConstant) return duration;
        double seconds;
        try
        {
            seconds = duration.Seconds(0, 0);
        }
        catch (PromqlException e)
        {
            throw Error(e.Message, duration.Span);
        }
        // The tree stays as written for printing; its value has been seen to be usable.
        if (!keepShape && !(Math.Abs(seconds) < long.MaxValue / 1e9)) throw Error("duration out of range", duration.Span);
        return duration;
    }

    private void Positive(DurationExpr duration)
    {
        if (duration.IsConstant && !(duration.Seconds(0, 0) > 0)) throw Error("duration must be greater than 0", duration.Span);
    }
}
