using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Plans.Yaml;

/// <summary>What thresholds look like: by metric, an expression or a list of them, each as text or with options.</summary>
internal static class ThresholdShape
{
    private static readonly Property<ThresholdExpression> Expression = Property.Required("threshold", "The condition.", ExpressionText());
    private static readonly Property<bool> Abort = Property.Optional("abortOnFail", "Whether the run ends as soon as it is broken. By default false.", Shapes.Flag(), false);
    private static readonly Property<TimeSpan> Delay = Property.Optional("delayAbortEval", "How long after the start the run is not aborted yet. By default 0s.", Shapes.Duration(TimeSpan.Zero), TimeSpan.Zero);
    private static readonly Property<TimeSpan?> Window = Property.Optional("window", "The condition must hold in every stretch of this length, 1s to 10m, not over the whole run.",
        Shapes.Duration(TimeSpan.FromSeconds(1)).Checked(w => w <= TimeSpan.FromMinutes(10) && w.Ticks % TimeSpan.TicksPerSecond == 0 ? null : new Problem("load-plan-value", "A window is a whole number of seconds, at most 10m.")).Maybe(), null);

    private static readonly Shape<Threshold> One = new EitherShape<Threshold>(
        ExpressionText().As(expression => new Threshold { Metric = "", Expression = expression }),
        new ObjectShape<Threshold>("A threshold with options.", [Expression, Abort, Delay, Window], f => new Threshold
        {
            Metric = "",
            Expression = f.Get(Expression),
            AbortOnFail = f.Get(Abort),
            DelayAbortEval = f.Get(Delay),
            Window = f.Get(Window),
        }),
        node => node is YamlMapping);

    public static readonly Shape<IReadOnlyList<(Placed<string> Selector, IReadOnlyList<Placed<Threshold>> Thresholds)>> Shape =
        new KeyedShape<(Placed<string>, IReadOnlyList<Placed<Threshold>>)>(
            (selector, mark) => Shapes.OneOrMore(One.Placed()).As(list => (new Placed<string>(selector, mark), list)),
            Shapes.OneOrMore(One.Placed()).As(list => (default(Placed<string>), list)));

    private static Shape<ThresholdExpression> ExpressionText() => ShapeForms.Parsed<ThresholdExpression>("a threshold such as p(95)<500 or rate<0.01", ThresholdExpression.TryParse);

    /// <summary>Reads <c>http_req_duration{name:search, type:api}</c>.</summary>
    public static bool TryParseSelector(string text, out string metric, out Dictionary<string, string> tags, out string reason)
    {
        tags = new Dictionary<string, string>(StringComparer.Ordinal);
        reason = "";
        int open = text.IndexOf('{', StringComparison.Ordinal);
        metric = (open < 0 ? text : text[..open]).Trim();
        if (open < 0) return true;
        if (!text.EndsWith('}'))
        {
            reason = "the tags must end with '}'";
            return false;
        }
        foreach (string tag in text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = tag.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                reason = $"'{tag}' is no tag: write name:value";
                return false;
            }
            tags[tag[..colon].Trim()] = tag[(colon + 1)..].Trim().Trim('"', '\'');
        }
        return true;
    }
}
