namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>
/// Splits an expression into tokens. Stops at the first character that cannot belong to one: the last token is then
/// <see cref="TokenKind.Error"/> and its text is the message, so that the parser reports whichever mistake comes first.
/// </summary>
internal sealed class Lexer
{
    private readonly string _input;
    private readonly List<Token> _tokens = [];
    private int _pos;
    private int _parens;
    private bool _inBraces;
    private bool _inBrackets;

    private Lexer(string input) => _input = input;

    public static List<Token> Tokenize(string input)
    {
        var lexer = new Lexer(input);
        while (lexer.Next()) { }
        return lexer._tokens;
    }

    private char Peek(int ahead = 0) => _pos + ahead < _input.Length ? _input[_pos + ahead] : '\0';

    private bool AtEnd => _pos >= _input.Length;

    private bool Next()
    {
        SkipBlanks();
        if (AtEnd) return Finish();
        return _inBraces ? InsideBraces() : Statement();
    }

    private void SkipBlanks()
    {
        while (!AtEnd)
        {
            char c = _input[_pos];
            if (c is ' ' or '\t' or '\n' or '\r') _pos++;
            else if (c == '#')
            {
                int end = _input.IndexOf('\n', _pos);
                _pos = end < 0 ? _input.Length : end;
            }
            else break;
        }
    }

    private bool Finish()
    {
        if (_inBraces) return Fail("unexpected end of input inside braces");
        if (_parens > 0) return Fail("unclosed left parenthesis");
        if (_inBrackets) return Fail("unclosed left bracket");
        _tokens.Add(new Token(TokenKind.EndOfInput, _input.Length, ""));
        return false;
    }

    private bool Statement()
    {
        char c = _input[_pos];
        char next = Peek(1);
        switch (c)
        {
            case ',': return Emit(TokenKind.Comma, 1);
            case '*': return Emit(TokenKind.Mul, 1);
            case '/': return Emit(TokenKind.Div, 1);
            case '%': return Emit(TokenKind.Mod, 1);
            case '+': return Emit(TokenKind.Add, 1);
            case '-': return Emit(TokenKind.Sub, 1);
            case '^': return Emit(TokenKind.Pow, 1);
            case '@': return Emit(TokenKind.At, 1);
            case '=' when next == '=': return Emit(TokenKind.Equal, 2);
            case '=' when next == '~': return Fail("unexpected character after '=': '~'", 1);
            case '=': return Emit(TokenKind.Assign, 1);
            case '!' when next == '=': return Emit(TokenKind.NotEqual, 2);
            case '!': return Fail($"unexpected character after '!': {Show(1)}", 1);
            case '<' when next == '=': return Emit(TokenKind.LessOrEqual, 2);
            case '<' when next == '/': return Emit(TokenKind.TrimUpper, 2);
            case '<': return Emit(TokenKind.Less, 1);
            case '>' when next == '=': return Emit(TokenKind.GreaterOrEqual, 2);
            case '>' when next == '/': return Emit(TokenKind.TrimLower, 2);
            case '>': return Emit(TokenKind.Greater, 1);
            case '"' or '\'' or '`': return Text(c);
            case '(':
                _parens++;
                return Emit(TokenKind.LeftParen, 1);
            case ')':
                if (--_parens < 0) return Fail("unexpected right parenthesis ')'");
                return Emit(TokenKind.RightParen, 1);
            case '{':
                _inBraces = true;
                return Emit(TokenKind.LeftBrace, 1);
            case '[':
                if (_inBrackets) return Fail("unexpected left bracket '['");
                _inBrackets = true;
                return Emit(TokenKind.LeftBracket, 1);
            case ']':
                if (!_inBrackets) return Fail("unexpected right bracket ']'");
                _inBrackets = false;
                return Emit(TokenKind.RightBracket, 1);
            case ':' when _inBrackets: return Emit(TokenKind.Colon, 1);
        }
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(next))) return NumberOrDuration();
        if (IsLetter(c) || c == ':') return Word(keywords: true);
        return Fail($"unexpected character: {Show(0)}");
    }

    private bool InsideBraces()
    {
        char c = _input[_pos];
        char next = Peek(1);
        switch (c)
        {
            case ',': return Emit(TokenKind.Comma, 1);
            case '"' or '\'' or '`': return Text(c);
            case '=' when next == '~': return Emit(TokenKind.RegexMatch, 2);
            case '=': return Emit(TokenKind.Assign, 1);
            case '!' when next == '~': return Emit(TokenKind.RegexNoMatch, 2);
            case '!' when next == '=': return Emit(TokenKind.NotEqual, 2);
            case '!': return Fail($"unexpected character after '!' inside braces: {Show(1)}", 1);
            case '{': return Fail("unexpected left brace '{'");
            case '}':
                _inBraces = false;
                return Emit(TokenKind.RightBrace, 1);
        }
        if (IsLetter(c)) return Word(keywords: false);
        return Fail($"unexpected character inside braces: {Show(0)}");
    }

    private bool Word(bool keywords)
    {
        int end = _pos;
        bool colon = false;
        while (end < _input.Length && (IsLetter(_input[end]) || char.IsAsciiDigit(_input[end]) || (_input[end] == ':' && keywords && !_inBrackets)))
            colon |= _input[end++] == ':';
        string word = _input[_pos..end];
        var kind = TokenKind.Identifier;
        if (colon) kind = TokenKind.MetricIdentifier;
        else if (keywords && Keywords.Find(word) is { } keyword) kind = keyword;
        _tokens.Add(new Token(kind, _pos, word));
        _pos = end;
        return true;
    }

    private bool Text(char quote)
    {
        int end = _pos + 1;
        while (true)
        {
            if (end >= _input.Length) return Fail(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
            char c = _input[end];
            if (c == quote) break;
            if (quote != '`')
            {
                if (c == '\n') return Fail("unterminated quoted string");
                if (c == '\\') end++;
            }
            end++;
        }
        string literal = _input[_pos..(end + 1)];
        if (Quoting.Unquote(literal, out string error) is null) return Fail(error);
        _tokens.Add(new Token(TokenKind.String, _pos, literal));
        _pos = end + 1;
        return true;
    }

    private bool NumberOrDuration()
    {
        int length = NumberSyntax.NumberLength(_input.AsSpan(_pos));
        if (length > 0) return Emit(TokenKind.Number, length);
        length = NumberSyntax.DurationLength(_input.AsSpan(_pos));
        if (length > 0) return Emit(TokenKind.Duration, length);
        int end = _pos;
        while (end < _input.Length && (IsLetter(_input[end]) || char.IsAsciiDigit(_input[end]) || _input[end] == '.')) end++;
        return Fail($"bad number or duration syntax: {Quoting.Quote(_input[_pos..end])}");
    }

    private bool Emit(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, _pos, _input.Substring(_pos, length)));
        _pos += length;
        return true;
    }

    private bool Fail(string message, int ahead = 0)
    {
        _tokens.Add(new Token(TokenKind.Error, Math.Min(_pos + ahead, _input.Length), message));
        return false;
    }

    private string Show(int ahead) => _pos + ahead < _input.Length ? $"'{_input[_pos + ahead]}'" : "end of input";

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';
}
