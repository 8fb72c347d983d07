using System.Text.RegularExpressions;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Selectors and what follows them: ranges, sub-queries, <c>offset</c>, <c>@</c>, <c>anchored</c> and <c>smoothed</c>.</summary>
internal sealed partial class Parser
{
    private VectorSelector Selector(Token? metric)
    {
        int start = metric?.Start ?? Current.Start;
        string name = metric?.Text ?? "";
        var matchers = new List<LabelMatcher>();
        string? nameWithin = null;
        if (TakeIf(TokenKind.LeftBrace))
        {
            while (!TakeIf(TokenKind.RightBrace))
            {
                Matcher(matchers, ref nameWithin);
                if (TakeIf(TokenKind.RightBrace)) break;
                Expect(TokenKind.Comma, "label matching", "\",\" or \"}\"");
            }
        }
        var span = new Span(start, PreviousEnd);
        if (nameWithin is not null)
        {
            if (name.Length > 0) throw TwoNames(name, nameWithin, span);
            name = nameWithin;
        }
        if (name.Length > 0)
        {
            if (matchers.Find(m => m.Name == Labels.MetricName) is { } other) throw TwoNames(name, other.Value, span);
            matchers.Add(new LabelMatcher(MatchKind.Equal, Labels.MetricName, name));
        }
        return new VectorSelector(span, name, matchers, default);
    }

    private PromqlException TwoNames(string first, string second, Span span) =>
        Error($"metric name must not be set twice: {Quoting.Quote(first)} or {Quoting.Quote(second)}", span);

    private void Matcher(List<LabelMatcher> matchers, ref string? nameWithin)
    {
        var token = Current;
        if (token.Kind is not (TokenKind.Identifier or TokenKind.String)) throw Unexpected("label matching", "identifier or \"}\"");
        Take();
        string label = token.Kind == TokenKind.String ? Unquote(token) : token.Text;
        MatchKind? kind = Current.Kind switch
        {
            TokenKind.Assign => MatchKind.Equal,
            TokenKind.NotEqual => MatchKind.NotEqual,
            TokenKind.RegexMatch => MatchKind.Regex,
            TokenKind.RegexNoMatch => MatchKind.NotRegex,
            _ => null,
        };
        if (kind is null)
        {
            // A quoted text alone is the metric's name: {"my.metric", label="x"}.
            if (token.Kind != TokenKind.String || Current.Kind is not (TokenKind.Comma or TokenKind.RightBrace))
                throw Unexpected("label matching", "label matching operator");
            if (label.Length == 0) throw Error("metric name must not be empty", token.Span);
            if (nameWithin is not null) throw TwoNames(nameWithin, label, token.Span);
            nameWithin = label;
            return;
        }
        if (label.Length == 0) throw Error("label name must not be empty", token.Span);
        Take();
        var value = Expect(TokenKind.String, "label matching", "string");
        try
        {
            matchers.Add(new LabelMatcher(kind.Value, label, Unquote(value)));
        }
        catch (Exception e) when (e is RegexParseException or NotSupportedException)
        {
            throw Error($"error parsing regexp: {e.Message}", value.Span);
        }
    }

    // Everything stands on one level here: modifiers bind tighter than any operator.
    private Expr Postfix(Expr expr)
    {
        while (true)
        {
            switch (Current.Kind)
            {
                case TokenKind.LeftBracket: expr = Bounded(Window(expr)); break;
                case TokenKind.Offset: expr = Offset(expr); break;
                case TokenKind.At: expr = At(expr); break;
                case TokenKind.Anchored: expr = Mode(expr, RangeMode.Anchored); break;
                case TokenKind.Smoothed: expr = Mode(expr, RangeMode.Smoothed); break;
                default:
                    if (expr is VectorSelector selector) CheckSelectsSomething(selector);
                    return expr;
            }
        }
    }

    private Expr Window(Expr expr)
    {
        var open = Take();
        var range = Duration();
        Positive(range);
        if (TakeIf(TokenKind.Colon))
        {
            DurationExpr? step = null;
            if (Current.Kind != TokenKind.RightBracket)
            {
                step = Duration();
                Positive(step);
            }
            Expect(TokenKind.RightBracket, "subquery selector", "\"]\"");
            var span = new Span(expr.Span.Start, PreviousEnd);
            if (expr.Kind != ValueKind.Vector)
                throw Error($"subquery is only allowed on instant vector, got {Expr.Describe(expr.Kind)} in {Quoting.Quote(_input[span.Start..span.End])} instead", span);
            if (expr is VectorSelector inner) CheckSelectsSomething(inner);
            return new SubqueryExpr(span, expr, range, step, default);
        }
        Expect(TokenKind.RightBracket, "subquery or range selector", "\"]\"");
        var whole = new Span(open.Start, PreviousEnd);
        if (expr is not VectorSelector selector) throw Error("ranges only allowed for vector selectors", whole);
        if (selector.Time.Offset is not null) throw Error("no offset modifiers allowed before range", whole);
        if (selector.Time.IsPinned) throw Error("no @ modifiers allowed before range", whole);
        if (selector.Mode != RangeMode.Plain) throw Error("no anchored or smoothed modifiers allowed before range", whole);
        CheckSelectsSomething(selector);
        return new MatrixSelector(new Span(selector.Span.Start, PreviousEnd), selector, range);
    }

    private Expr Offset(Expr expr)
    {
        Take();
        var offset = OffsetDuration();
        return WithTime(expr, "offset", t => t.Offset is null ? t with { Offset = offset } : throw Error("offset may not be set multiple times", expr.Span));
    }

    private Expr At(Expr expr)
    {
        Take();
        var kind = AtKind.Time;
        long time = 0;
        if (Current.Kind is TokenKind.Start or TokenKind.End && Following.Kind == TokenKind.LeftParen)
        {
            kind = Take().Kind == TokenKind.Start ? AtKind.Start : AtKind.End;
            Take();
            Expect(TokenKind.RightParen, "@", "\")\"");
        }
        else
        {
            var first = Current;
            bool negative = Current.Kind == TokenKind.Sub;
            if (Current.Kind is TokenKind.Add or TokenKind.Sub) Take();
            double seconds;
            if (Current.Kind == TokenKind.Number) seconds = NumberOf(Take());
            else if (Current.Kind == TokenKind.Duration) seconds = SecondsOf(Take());
            else throw Unexpected("@", "timestamp");
            if (negative) seconds = -seconds;
            if (!(Math.Abs(seconds) < long.MaxValue / 1000))
                throw Error($"timestamp out of bounds for @ modifier: {Output.GoFloat.Plain(seconds)}", first.Span);
            time = (long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
        }
        return WithTime(expr, "@", t => t.IsPinned ? throw Error("@ <timestamp> may not be set multiple times", expr.Span) : t with { At = kind, AtTime = time });
    }

    private Expr WithTime(Expr expr, string modifier, Func<TimeModifiers, TimeModifiers> change)
    {
        var span = new Span(expr.Span.Start, PreviousEnd);
        return expr switch
        {
            VectorSelector selector => selector.With(span, change(selector.Time), selector.Mode),
            MatrixSelector matrix => new MatrixSelector(span, matrix.Selector.With(matrix.Selector.Span, change(matrix.Selector.Time), matrix.Selector.Mode), matrix.Range),
            SubqueryExpr subquery => subquery.With(span, change(subquery.Time)),
            _ => throw Error($"{modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery", expr.Span),
        };
    }

    private Expr Mode(Expr expr, RangeMode mode)
    {
        var word = Take();
        var span = new Span(expr.Span.Start, PreviousEnd);
        switch (expr)
        {
            case MatrixSelector { Selector.Mode: RangeMode.Plain } matrix:
                return new MatrixSelector(span, matrix.Selector.With(matrix.Selector.Span, matrix.Selector.Time, mode), matrix.Range);
            case VectorSelector { Mode: RangeMode.Plain } selector when mode == RangeMode.Smoothed:
                return selector.With(span, selector.Time, mode);
            case MatrixSelector or VectorSelector { Mode: not RangeMode.Plain }:
                throw Error("anchored and smoothed may only be set once", word.Span);
            case VectorSelector:
                throw Error("anchored modifier must be preceded by a range vector selector", word.Span);
            default:
                throw Error($"{word.Text} modifier must be preceded by an instant vector selector or range vector selector", word.Span);
        }
    }

    /// <summary>A selector that every series satisfies is almost surely a mistake, and dear.</summary>
    private void CheckSelectsSomething(VectorSelector selector)
    {
        if (selector.Name.Length > 0 || _lenientSelector) return;
        foreach (var matcher in selector.Matchers)
            if (!matcher.Matches("")) return;
        throw Error("vector selector must contain at least one non-empty matcher", selector.Span);
    }
}
