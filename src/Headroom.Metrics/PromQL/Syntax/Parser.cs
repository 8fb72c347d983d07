using System.Runtime.CompilerServices;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>
/// Reads PromQL by recursive descent, binding strength by precedence climbing. Types are checked as nodes are built, so
/// that an error names the place it comes from. Grammar: Prometheus 3, its experimental parts included.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>Longest expression read, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Deepest syntax tree built; enough for a thousand terms joined by <c>or</c>.</summary>
    public const int MaxDepth = 1000;

    private readonly string _input;
    private readonly List<Token> _tokens;
    private int _next;

    private Parser(string input)
    {
        _input = input;
        _tokens = Lexer.Tokenize(input);
    }

    /// <summary>Reads a whole expression.</summary>
    /// <exception cref="PromqlException">It is not PromQL; the message starts with line and column.</exception>
    public static Expr Parse(string input)
    {
        if (input.Length > MaxLength)
            throw new PromqlException($"expression of {input.Length} characters is longer than the limit of {MaxLength}");
        var parser = new Parser(input);
        if (parser.Current.Kind == TokenKind.EndOfInput) throw parser.Error("no expression found in input", new Span(0, 0));
        var expr = parser.Expression(1);
        if (parser.Current.Kind != TokenKind.EndOfInput) throw parser.Unexpected("", "");
        return expr;
    }

    /// <summary>Reads a selector alone, as <c>match[]</c> parameters hold one.</summary>
    /// <exception cref="PromqlException">It is not a selector.</exception>
    public static VectorSelector ParseSelector(string input)
    {
        var expr = Parse(input);
        return expr as VectorSelector is { Time: { Offset: null, At: AtKind.None }, Mode: RangeMode.Plain } selector
            ? selector
            : throw new PromqlException($"expected a series selector such as up{{service=\"api\"}}, got {Quoting.Quote(input)}", 0);
    }

    private Token Current => _tokens[_next];

    private Token Following => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    private int PreviousEnd => _next == 0 ? 0 : _tokens[_next - 1].Span.End;

    private Token Take() => _tokens[_next++];

    private bool TakeIf(TokenKind kind)
    {
        if (Current.Kind != kind) return false;
        _next++;
        return true;
    }

    private Token Expect(TokenKind kind, string context, string expected) =>
        Current.Kind == kind ? Take() : throw Unexpected(context, expected);

    private PromqlException Error(string message, Span span) => SourcePosition.ParseError(_input, span.Start, message);

    private PromqlException Unexpected(string context, string expected)
    {
        var token = Current;
        if (token.Kind == TokenKind.Error) return Error(token.Text, new Span(token.Start, token.Start));
        string message = "unexpected " + token.Describe();
        if (context.Length > 0) message += " in " + context;
        if (expected.Length > 0) message += ", expected " + expected;
        return Error(message, token.Span);
    }

    private T Bounded<T>(T expr) where T : Expr =>
        expr.Depth <= MaxDepth ? expr : throw Error($"expression is nested more than {MaxDepth} levels deep", expr.Span);

    private Expr Expression(int minimum)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error("expression is nested too deeply", Current.Span);
        var left = Unary();
        while (true)
        {
            int precedence = Operators.Precedence(Current.Kind);
            if (precedence == 0 || precedence < minimum) return left;
            left = Bounded(Binary(left, precedence));
        }
    }

    private Expr Unary()
    {
        if (Current.Kind is not (TokenKind.Add or TokenKind.Sub)) return Postfix(Primary());
        var sign = Take();
        // A sign binds weaker than ^ and stronger than everything else: -2^2 is -(2^2), -a*b is (-a)*b.
        var operand = Expression(Operators.PowerPrecedence);
        bool negative = sign.Kind == TokenKind.Sub;
        var span = new Span(sign.Start, operand.Span.End);
        if (operand is NumberLiteral number) return new NumberLiteral(span, negative ? -number.Value : number.Value, number.IsDuration);
        if (operand.Kind is not (ValueKind.Scalar or ValueKind.Vector))
            throw Error($"unary expression only allowed on expressions of type scalar or instant vector, got {Quoting.Quote(Expr.Describe(operand.Kind))}", operand.Span);
        return Bounded(new UnaryExpr(span, negative, operand));
    }

    private Expr Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Take();
                return new NumberLiteral(token.Span, NumberOf(token));
            case TokenKind.Duration:
                Take();
                return new NumberLiteral(token.Span, SecondsOf(token), isDuration: true);
            case TokenKind.String:
                Take();
                return new StringLiteral(token.Span, Unquote(token));
            case TokenKind.LeftParen:
                Take();
                var inner = Expression(1);
                var close = Expect(TokenKind.RightParen, "", "");
                return Bounded(new ParenExpr(new Span(token.Start, close.Span.End), inner));
            case TokenKind.LeftBrace:
                return Selector(null);
        }
        if (token.IsAggregator && Following.Kind is TokenKind.LeftParen or TokenKind.By or TokenKind.Without) return Aggregation();
        bool callable = token.Kind is TokenKind.Identifier or TokenKind.Start or TokenKind.End or TokenKind.Step or TokenKind.Range;
        if (callable && Following.Kind == TokenKind.LeftParen) return Call();
        if (CanNameMetric(token)) return Selector(Take());
        throw Unexpected("", "");
    }

    private static bool CanNameMetric(Token token) => token.Kind switch
    {
        TokenKind.Identifier or TokenKind.MetricIdentifier => true,
        TokenKind.Bool or TokenKind.On or TokenKind.Ignoring or TokenKind.GroupLeft or TokenKind.GroupRight => false,
        TokenKind.And or TokenKind.Or or TokenKind.Unless or TokenKind.Atan2 => true,
        _ => token.IsAggregator || token.IsKeyword,
    };

    private static string Unquote(Token token) => Quoting.Unquote(token.Text, out _)!;

    // The lexer made the token only after reading its value once.
    private static double NumberOf(Token token) => NumberSyntax.TryParse(token.Text, out double value) ? value : double.NaN;

    private static double SecondsOf(Token token) => NumberSyntax.TryParseDuration(token.Text, out long milliseconds) ? milliseconds / 1000.0 : 0;

    private CallExpr Call()
    {
        var name = Take();
        var function = FunctionSignatures.Find(name.Text);
        if (function is null) throw Error($"unknown function with name {Quoting.Quote(name.Text)}", name.Span);
        var arguments = Arguments(bareSelectorAt: function.Name == "info" ? 1 : -1);
        var call = new CallExpr(new Span(name.Start, PreviousEnd), function, arguments);
        CheckCall(call);
        return Bounded(call);
    }

    private List<Expr> Arguments(int bareSelectorAt = -1)
    {
        Expect(TokenKind.LeftParen, "", "");
        var arguments = new List<Expr>();
        if (TakeIf(TokenKind.RightParen)) return arguments;
        while (true)
        {
            _lenientSelector = arguments.Count == bareSelectorAt && Current.Kind == TokenKind.LeftBrace;
            arguments.Add(Expression(1));
            _lenientSelector = false;
            if (TakeIf(TokenKind.RightParen)) return arguments;
            var comma = Expect(TokenKind.Comma, "function call", "\",\" or \")\"");
            if (Current.Kind == TokenKind.RightParen) throw Error("trailing commas not allowed in function call args", comma.Span);
        }
    }

    private AggregateExpr Aggregation()
    {
        var op = Take();
        IReadOnlyList<string> grouping = [];
        bool grouped = false, without = false;
        if (Current.Kind is TokenKind.By or TokenKind.Without) Grouping();
        if (Current.Kind != TokenKind.LeftParen) throw Unexpected("aggregation", "");
        var arguments = Arguments();
        if (!grouped && Current.Kind is TokenKind.By or TokenKind.Without) Grouping();

        var span = new Span(op.Start, PreviousEnd);
        var parameterKind = Operators.ParameterOf(op.Kind);
        int wanted = parameterKind is null ? 1 : 2;
        if (arguments.Count == 0) throw Error("no arguments for aggregate expression provided", span);
        if (arguments.Count != wanted)
            throw Error($"wrong number of arguments for aggregate expression provided, expected {wanted}, got {arguments.Count}", span);
        var aggregate = new AggregateExpr(span, op.Kind, arguments[^1], wanted == 2 ? arguments[0] : null, grouping, without);
        ExpectKind(aggregate.Inner, ValueKind.Vector, "aggregation expression");
        if (parameterKind is { } kind) ExpectKind(aggregate.Parameter!, kind, "aggregation parameter");
        return Bounded(aggregate);

        void Grouping()
        {
            grouped = true;
            without = Take().Kind == TokenKind.Without;
            grouping = LabelList();
        }
    }

    private List<string> LabelList()
    {
        Expect(TokenKind.LeftParen, "grouping opts", "\"(\"");
        var labels = new List<string>();
        while (true)
        {
            if (TakeIf(TokenKind.RightParen)) return labels;
            labels.Add(GroupingLabel());
            if (TakeIf(TokenKind.RightParen)) return labels;
            Expect(TokenKind.Comma, "grouping opts", "\",\" or \")\"");
        }
    }

    private string GroupingLabel()
    {
        var token = Current;
        if (token.Kind == TokenKind.String)
        {
            Take();
            string name = Unquote(token);
            return name.Length > 0 ? name : throw Error("invalid label name for grouping: \"\"", token.Span);
        }
        bool word = token.Kind == TokenKind.Identifier || token.IsAggregator || token.IsKeyword
            || token.Kind is TokenKind.And or TokenKind.Or or TokenKind.Unless or TokenKind.Atan2
            || (token.Kind == TokenKind.Number && char.IsAsciiLetter(token.Text[0]));
        if (!word) throw Unexpected("grouping opts", "label");
        return Take().Text;
    }
}
