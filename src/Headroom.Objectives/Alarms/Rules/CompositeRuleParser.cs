using System.Text;

namespace Headroom.Objectives.Alarms.Rules;

/// <summary>
/// Reads composite rules (CloudWatch API, PutCompositeAlarm, AlarmRule): <c>ALARM(name)</c>, <c>OK(name)</c>, <c>INSUFFICIENT_DATA(name)</c>,
/// <c>TRUE</c>, <c>FALSE</c>, <c>AND</c>, <c>OR</c>, <c>NOT</c> and parentheses; NOT binds before AND, AND before OR. Names may stand in quotes,
/// and must when they hold a closing parenthesis.
/// </summary>
internal sealed class CompositeRuleParser(string text)
{
    public const int MostCharacters = 10_240;
    public const int MostChildren = 100;
    public const int MostElements = 500;

    private readonly List<string> _children = [];
    private int _at;
    private int _elements;

    public CompositeRule Parse()
    {
        if (text.Length > MostCharacters) throw new FormatException($"the rule has {text.Length:N0} characters, and at most {MostCharacters:N0} are allowed");
        var root = ReadAny();
        SkipBlanks();
        if (_at < text.Length) throw Wrong("AND, OR or the end was expected");
        return new CompositeRule(text, root, _children);
    }

    private CompositeRule.Node ReadAny()
    {
        List<CompositeRule.Node> parts = [ReadAll()];
        while (TryWord("OR")) parts.Add(ReadAll());
        return parts is [var only] ? only : new CompositeRule.Any(parts);
    }

    private CompositeRule.Node ReadAll()
    {
        List<CompositeRule.Node> parts = [ReadNot()];
        while (TryWord("AND")) parts.Add(ReadNot());
        return parts is [var only] ? only : new CompositeRule.All(parts);
    }

    private CompositeRule.Node ReadNot()
    {
        // Two negations say nothing; a rule of ten thousand must not become a tree as deep.
        bool negated = false;
        while (TryWord("NOT")) negated = !negated;
        var inner = ReadOperand();
        return !negated ? inner : inner is CompositeRule.Not twice ? twice.Inner : new CompositeRule.Not(inner);
    }

    private CompositeRule.Node ReadOperand()
    {
        SkipBlanks();
        int start = _at;
        if (_at < text.Length && text[_at] == '(')
        {
            CountElement(start);
            _at++;
            var inner = ReadAny();
            SkipBlanks();
            if (_at >= text.Length || text[_at] != ')') throw Wrong("a closing parenthesis was expected");
            _at++;
            return inner;
        }
        if (TryWord("TRUE")) return Constant(true, start);
        if (TryWord("FALSE")) return Constant(false, start);
        foreach (var state in (ReadOnlySpan<AlarmState>)[AlarmState.Alarm, AlarmState.Ok, AlarmState.InsufficientData])
            if (TryWord(AlarmStates.WordOf(state)))
                return ReadState(state, start);
        throw Wrong("ALARM(…), OK(…), INSUFFICIENT_DATA(…), TRUE, FALSE, NOT or an opening parenthesis was expected");
    }

    private CompositeRule.Constant Constant(bool value, int start)
    {
        CountElement(start);
        return new CompositeRule.Constant(value);
    }

    private CompositeRule.IsIn ReadState(AlarmState state, int start)
    {
        CountElement(start);
        SkipBlanks();
        if (_at >= text.Length || text[_at] != '(') throw Wrong("an opening parenthesis and an alarm's name were expected");
        _at++;
        SkipBlanks();
        string name = _at < text.Length && text[_at] is '"' or '\'' ? ReadQuoted() : ReadBare();
        if (name.Length == 0) throw Wrong("an alarm's name was expected");
        SkipBlanks();
        if (_at >= text.Length || text[_at] != ')') throw Wrong("a closing parenthesis was expected after the alarm's name");
        _at++;
        if (!_children.Contains(name, StringComparer.Ordinal))
        {
            if (_children.Count == MostChildren) throw Wrong($"the rule names more than {MostChildren} alarms");
            _children.Add(name);
        }
        return new CompositeRule.IsIn(name, state);
    }

    private string ReadQuoted()
    {
        char quote = text[_at++];
        var name = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && (text[_at + 1] == quote || text[_at + 1] == '\\')) _at++;
            name.Append(text[_at++]);
        }
        if (_at >= text.Length) throw Wrong("the closing quote is missing");
        _at++;
        return name.ToString();
    }

    private string ReadBare()
    {
        int start = _at;
        while (_at < text.Length && text[_at] is not (')' or '(' or '"' or '\'')) _at++;
        return text[start.._at].Trim();
    }

    private bool TryWord(string word)
    {
        SkipBlanks();
        if (text.Length - _at < word.Length || !text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
        int end = _at + word.Length;
        if (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) return false;
        _at = end;
        return true;
    }

    private void CountElement(int start)
    {
        if (++_elements > MostElements) throw new FormatException($"at character {start + 1}: the rule has more than {MostElements} elements (alarms, TRUE, FALSE and pairs of parentheses)");
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private FormatException Wrong(string what) => new($"at character {Math.Min(_at, text.Length) + 1}: {what}");
}
