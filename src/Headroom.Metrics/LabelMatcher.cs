using System.Text.RegularExpressions;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics;

/// <summary>How a <see cref="LabelMatcher"/> compares.</summary>
public enum MatchKind
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>=~</c>, anchored at both ends.</summary>
    Regex,

    /// <summary><c>!~</c>, anchored at both ends.</summary>
    NotRegex,
}

/// <summary>
/// One condition of a selector. An absent label has the empty value, so <c>{x=""}</c> also finds series without x.
/// Regular expressions are RE2's, anchored at both ends, and run without backtracking: in time linear in the value's length.
/// </summary>
public sealed class LabelMatcher
{
    private readonly Regex? _regex;

    /// <summary>Creates a matcher.</summary>
    /// <exception cref="RegexParseException">The pattern of a regex matcher cannot be parsed.</exception>
    /// <exception cref="NotSupportedException">The pattern uses what RE2 does not have, for example look-around.</exception>
    public LabelMatcher(MatchKind kind, string name, string value)
    {
        (Kind, Name, Value) = (kind, name, value);
        if (kind is MatchKind.Regex or MatchKind.NotRegex)
            _regex = Re2.Compile(value);
    }

    /// <summary>How the value is compared.</summary>
    public MatchKind Kind { get; }

    /// <summary>The label's name.</summary>
    public string Name { get; }

    /// <summary>The value or pattern as written.</summary>
    public string Value { get; }

    /// <summary>Whether a label value (empty when absent) satisfies the condition.</summary>
    public bool Matches(string value) => Kind switch
    {
        MatchKind.Equal => string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
        MatchKind.Regex => _regex!.IsMatch(value),
        _ => !_regex!.IsMatch(value),
    };

    /// <summary>Whether every matcher accepts the series.</summary>
    public static bool AllMatch(IReadOnlyList<LabelMatcher> matchers, Labels labels)
    {
        foreach (var matcher in matchers)
            if (!matcher.Matches(labels[matcher.Name]))
                return false;
        return true;
    }
}
