namespace Headroom.Objectives.Alarms.Rules;

/// <summary>A rule over the states of other alarms, in Amazon CloudWatch's grammar. Immutable.</summary>
public sealed class CompositeRule
{
    private readonly Node _root;

    internal CompositeRule(string text, Node root, IReadOnlyList<string> children) => (Text, _root, Children) = (text, root, children);

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The alarms it names, each once.</summary>
    public IReadOnlyList<string> Children { get; }

    /// <summary>Whether it holds.</summary>
    /// <param name="stateOf">Gives the state of a child.</param>
    public bool Holds(Func<string, AlarmState> stateOf) => _root.Holds(stateOf);

    /// <summary>The rule in one canonical form: quoted names, and parentheses only where they are needed.</summary>
    public override string ToString() => _root.Show(0);

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong, and where.</exception>
    public static CompositeRule Parse(string text) => new CompositeRuleParser(text).Parse();

    /// <summary>Reads a rule; when the text is none, <paramref name="reason"/> says why and where.</summary>
    public static bool TryParse(string text, out CompositeRule rule, out string reason)
    {
        try
        {
            (rule, reason) = (Parse(text), "");
            return true;
        }
        catch (FormatException error)
        {
            (rule, reason) = (null!, error.Message);
            return false;
        }
    }

    internal abstract record Node
    {
        public abstract bool Holds(Func<string, AlarmState> stateOf);

        // Binding strength of what stands around it: 0 nothing, 1 OR, 2 AND, 3 NOT.
        public abstract string Show(int around);
    }

    internal sealed record Constant(bool Value) : Node
    {
        public override bool Holds(Func<string, AlarmState> stateOf) => Value;

        public override string Show(int around) => Value ? "TRUE" : "FALSE";
    }

    internal sealed record IsIn(string Alarm, AlarmState State) : Node
    {
        public override bool Holds(Func<string, AlarmState> stateOf) => stateOf(Alarm) == State;

        public override string Show(int around) => $"{AlarmStates.WordOf(State)}(\"{Alarm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\")";
    }

    internal sealed record Not(Node Inner) : Node
    {
        public override bool Holds(Func<string, AlarmState> stateOf) => !Inner.Holds(stateOf);

        public override string Show(int around) => "NOT " + Inner.Show(3);
    }

    internal sealed record All(IReadOnlyList<Node> Parts) : Node
    {
        public override bool Holds(Func<string, AlarmState> stateOf) => Parts.All(p => p.Holds(stateOf));

        public override string Show(int around) => Enclosed(string.Join(" AND ", Parts.Select(p => p.Show(2))), around > 2);
    }

    internal sealed record Any(IReadOnlyList<Node> Parts) : Node
    {
        public override bool Holds(Func<string, AlarmState> stateOf) => Parts.Any(p => p.Holds(stateOf));

        public override string Show(int around) => Enclosed(string.Join(" OR ", Parts.Select(p => p.Show(1))), around > 1);
    }

    private static string Enclosed(string text, bool enclose) => enclose ? $"({text})" : text;
}
