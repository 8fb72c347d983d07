using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;

namespace Headroom.Objectives.Bottlenecks;

/// <summary>Declares the section <c>bottlenecks</c> of headroom.yaml.</summary>
public static class BottlenecksSection
{
    /// <summary>The words for the kinds, in files and answers.</summary>
    public static IReadOnlyList<(BottleneckKind Kind, string Word)> Words { get; } =
    [
        (BottleneckKind.SlowOperation, "slow"), (BottleneckKind.Errors, "errors"), (BottleneckKind.RateLimit, "rate-limits"), (BottleneckKind.Saturation, "saturation"),
    ];

    /// <summary>Creates the section; it adds to <see cref="BottleneckQuery.Defaults"/>.</summary>
    /// <param name="checkQuery">Says what is wrong with a PromQL expression, or null; the composition root binds the parser.</param>
    public static ConfigurationSection<IReadOnlyList<BottleneckQuery>> Create(Func<string, Problem?> checkQuery)
    {
        var kind = Property.Required("kind", "What the query finds.", Shapes.Choice(
            ("slow", BottleneckKind.SlowOperation, "Operations, by the seconds all their calls took in $window."),
            ("errors", BottleneckKind.Errors, "Sources of errors, by their number in $window."),
            ("rate-limits", BottleneckKind.RateLimit, "Refusals because a limit was reached, by their number in $window."),
            ("saturation", BottleneckKind.Saturation, "How full something is, 0 to 1.")));
        var query = Property.Required("query", "PromQL with one number per candidate; $window stands for the stretch of time.",
            Shapes.Text(10_000).Checked(text => checkQuery(text.Replace("$window", "1h", StringComparison.Ordinal))));
        return ConfigurationSection.Of<IReadOnlyList<BottleneckQuery>>("bottlenecks", "More queries for what takes the most, beside those for the usual metric names.",
            Shapes.List(new ObjectShape<BottleneckQuery>("A query for bottlenecks.", [kind, query], f => new BottleneckQuery(f.Get(kind), f.Get(query)))), []);
    }
}
