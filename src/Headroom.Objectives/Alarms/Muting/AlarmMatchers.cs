using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Alarms.Muting;

/// <summary>
/// Conditions on an alarm's labels, written as in a PromQL selector: <c>alarm="api-slow", service=~"shop-.*"</c>. An absent label counts
/// as empty; no condition matches every alarm.
/// </summary>
/// <param name="Text">As written.</param>
/// <param name="Matchers">All must hold.</param>
public sealed record AlarmMatchers(string Text, IReadOnlyList<LabelMatcher> Matchers)
{
    /// <summary>The label that holds an alarm's name.</summary>
    public const string AlarmLabel = "alarm";

    /// <summary>Matches every alarm.</summary>
    public static AlarmMatchers Everything { get; } = new("", []);

    /// <summary>Whether they match.</summary>
    public bool Match(Labels labels) => LabelMatcher.AllMatch(Matchers, labels);

    /// <summary>Reads matchers; when the text is none, <paramref name="reason"/> says why.</summary>
    public static bool TryParse(string text, out AlarmMatchers matchers, out string reason)
    {
        string inner = text.Trim().TrimStart('{').TrimEnd('}').Trim();
        (matchers, reason) = (Everything, "");
        try
        {
            // A selector of series must name something; one of alarms may be free of that.
            var read = PromqlSyntax.ParseSelector($"x{{{inner}}}");
            matchers = new AlarmMatchers(inner, [.. read.Where(m => m.Name != Labels.MetricName)]);
            return true;
        }
        catch (PromqlException error)
        {
            reason = error.Message;
            return false;
        }
    }
}
