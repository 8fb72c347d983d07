using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Headroom.Configuration.Values;

namespace Headroom.Load.Extraction;

/// <summary>
/// A condition on an answer: <c>status == 200</c>, <c>status in 200,201</c>, <c>duration &lt; 500ms</c>, <c>size > 0</c>,
/// <c>body contains "ok"</c>, <c>header content-type matches ^text/</c>, <c>$.valid == true</c>, <c>$.id exists</c>.
/// </summary>
internal sealed class Condition
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">", "contains", "matches", "exists", "in"];

    private readonly ValueSource _source;
    private readonly string _operator;
    private readonly string _operand;
    private readonly double _number;
    private readonly double[] _set;
    private readonly byte[] _bytes;
    private readonly Regex? _regex;

    private Condition(string text, ValueSource source, string op, string operand, double number, double[] set, Regex? regex)
    {
        (Text, _source, _operator, _operand, _number, _set, _regex) = (text, source, op, operand, number, set, regex);
        _bytes = Encoding.UTF8.GetBytes(operand);
    }

    public string Text { get; }

    public bool NeedsBody => _source.NeedsBody;

    public bool NeedsHead => _source.NeedsHead;

    public static bool TryParse(string text, out Condition condition, out string reason)
    {
        condition = null!;
        reason = "";
        if (!TrySplit(text, out string left, out string op, out string right))
        {
            reason = $"it has none of the operators {string.Join(", ", Operators)}";
            return false;
        }
        if (!ValueSource.TryParse(left, out var source, out reason)) return false;
        if ((op == "exists") != (right.Length == 0))
        {
            reason = op == "exists" ? "nothing follows 'exists'" : $"a value must follow '{op}'";
            return false;
        }
        if (right is ['"', .., '"'] or ['\'', .., '\''] && right.Length >= 2) right = right[1..^1];
        double number = double.NaN;
        double[] set = [];
        Regex? regex = null;
        switch (op)
        {
            case "<" or "<=" or ">" or ">=" when !TryNumber(left, right, out number):
                reason = $"'{op}' compares numbers{(left == "duration" ? ", here milliseconds or a duration such as 500ms" : "")}";
                return false;
            case "==" or "!=":
                _ = TryNumber(left, right, out number);
                if (source.IsNumber && double.IsNaN(number))
                {
                    reason = $"'{left}' is a number";
                    return false;
                }
                break;
            case "in":
                var parts = right.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries);
                set = new double[parts.Length];
                for (int i = 0; i < parts.Length; i++)
                    if (!NumberText.TryParse(parts[i], out set[i]))
                    {
                        reason = "numbers and commas follow 'in'";
                        return false;
                    }
                break;
            case "matches":
                try
                {
                    // Linear time whatever the pattern and the answer are.
                    regex = new Regex(right, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
                }
                catch (Exception error) when (error is ArgumentException or NotSupportedException)
                {
                    reason = $"the regular expression cannot be used: {error.Message.ReplaceLineEndings(" ")}";
                    return false;
                }
                break;
        }
        condition = new Condition(text, source, op, right, number, set, regex);
        return true;
    }

    /// <summary>Whether an answer meets it. An absent value meets nothing but <c>!=</c>.</summary>
    public bool Holds(in Answer answer)
    {
        switch (_operator)
        {
            case "<": return _source.Number(answer) < _number;
            case "<=": return _source.Number(answer) <= _number;
            case ">": return _source.Number(answer) > _number;
            case ">=": return _source.Number(answer) >= _number;
            case "in": return Array.IndexOf(_set, _source.Number(answer)) >= 0;
            case "==" or "!=":
                bool equal = _source.IsNumber ? _source.Number(answer) == _number : string.Equals(_source.Text(answer), _operand, StringComparison.Ordinal);
                return equal == (_operator == "==");
            case "contains": return _source.IsBody ? answer.Body.IndexOf(_bytes) >= 0 : _source.Text(answer)?.Contains(_operand, StringComparison.Ordinal) == true;
            case "exists": return _source.Text(answer) is not null;
            default: return _source.Text(answer) is { } text && _regex!.IsMatch(text);
        }
    }

    private static bool TryNumber(string left, string right, out double number)
    {
        if (NumberText.TryParse(right, out number)) return true;
        number = double.NaN;
        if (left != "duration" || !DurationText.TryParse(right, out var duration, out _)) return false;
        number = duration.TotalMilliseconds;
        return true;
    }

    private static bool TrySplit(string text, out string left, out string op, out string right)
    {
        (left, op, right) = ("", "", "");
        int best = int.MaxValue;
        foreach (string candidate in Operators)
        {
            string sought = char.IsAsciiLetter(candidate[0]) ? " " + candidate : candidate;
            int at = text.IndexOf(sought, StringComparison.Ordinal);
            if (at <= 0 || at >= best) continue;
            int after = at + sought.Length;
            if (char.IsAsciiLetter(candidate[0]) && after < text.Length && text[after] != ' ') continue;
            (best, left, op, right) = (at, text[..at].Trim(), candidate, text[after..].Trim());
        }
        return best != int.MaxValue;
    }
}
