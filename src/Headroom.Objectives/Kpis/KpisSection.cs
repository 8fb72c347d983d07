using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Kpis;

/// <summary>Declares the section <c>kpis</c> of headroom.yaml.</summary>
public static class KpisSection
{
    internal static readonly Shape<Bound> BoundShape = Shapes.Parsed<Bound>(
        "a condition such as \"< 0.1\", \">= 99.9\" or 70..80",
        Bound.TryParse,
        () => [Pattern($"^\\s*((<|<=|>|>=)\\s*{NumberText.Pattern}|{NumberText.Pattern}\\s*\\.\\.\\s*{NumberText.Pattern})\\s*$")]);

    private static readonly Shape<Baseline> BaselineShape = Shapes.Parsed<Baseline>(
        "a number or a range such as 40..50",
        Baseline.TryParse,
        () => [new JsonObject { ["type"] = "number" }, Pattern($"^\\s*{NumberText.Pattern}(\\s*\\.\\.\\s*{NumberText.Pattern})?\\s*$")]);

    /// <summary>Creates the section.</summary>
    /// <param name="checkQuery">
    /// Says what is wrong with a PromQL expression, or null when it can be parsed; the composition root binds the
    /// parser.
    /// </param>
    public static ConfigurationSection<IReadOnlyList<KpiDefinition>> Create(Func<string, Problem?> checkQuery) => ConfigurationSection.Of<IReadOnlyList<KpiDefinition>>(
        "kpis", "Key performance indicators: what is measured, and what it must come to.", new UniquelyNamed<KpiDefinition>(DeclareKpi(checkQuery), "kpi-defined-twice", "KPIs"), []);

    private static ObjectShape<KpiDefinition> DeclareKpi(Func<string, Problem?> checkQuery)
    {
        var name = Property.Required("name", "The name shown; unique in the project.", Shapes.Text(200));
        var query = Property.Required("query", "A PromQL expression that gives a number or one number per series. Each series is judged on its own.",
            Shapes.Text(10_000).Checked(checkQuery));
        var unit = Property.Optional<string?>("unit", "Unit of the value, for example s or \"%\". Only shown: values are never converted.", Shapes.Text(40)!, null);
        var baseline = Property.Optional<Baseline?>("baseline", "Where the KPI started: a number or a range, in its unit.", BaselineShape!, null);
        var target = Property.Optional<Bound?>("target", "What must hold, or the KPI is missed: \"< 0.1\", \">= 99.9\", or a range 70..80 that is missed on either side.", BoundShape!, null);
        var critical = Property.Optional<Bound?>("critical", "What must never hold: \"> 0.5\". Must not overlap the target.", BoundShape!, null);
        var budget = Property.Optional("budget", "The performance budget, in the KPI's unit. Used = value / budget where lower is better, budget / value where higher is.",
            Shapes.Number(above: 0).Maybe(), null);
        var goals = Property.Optional<IReadOnlyList<GoalDefinition>>("goals", "Targets to be reached by a date.", Shapes.List(DeclareGoal()), []);
        var trendStep = Property.Optional("trendStep",
            "How far apart the instants are at which trends evaluate the query. Default: 15m over 7 days and 1h over 30 days. At most 1d.",
            Shapes.Duration(TimeSpan.FromMinutes(5)).Checked(step => step <= TimeSpan.FromDays(1)
                ? null
                : new Problem("kpi-trend-step", "The step is longer than a day, which leaves too few values for a trend.", Fix: "Use 1d or less.")).Maybe(),
            null);

        return new ObjectShape<KpiDefinition>(
            "A key performance indicator.",
            [name, query, unit, baseline, target, critical, budget, goals, trendStep],
            f => new KpiDefinition
            {
                Name = f.Get(name),
                Query = f.Get(query),
                Unit = f.Get(unit),
                Baseline = f.Get(baseline),
                Target = f.Get(target),
                Critical = f.Get(critical),
                Budget = f.Get(budget),
                Goals = f.Get(goals),
                TrendStep = f.Get(trendStep),
            },
            f => Check(f, target, critical, goals));
    }

    private static ObjectShape<GoalDefinition> DeclareGoal()
    {
        var horizon = Property.Required("horizon", "How far ahead the goal lies.",
            Shapes.Choice(("short", "short", "The next 30 days."), ("medium", "medium", "The next 90 days."), ("long", "long", "The next 6 months.")));
        var by = Property.Optional("by", "The last day (UTC) on which reaching it is in time.", Shapes.Date().Maybe(), null);
        var target = Property.Required("target", "What must hold by then.", BoundShape);
        return new ObjectShape<GoalDefinition>("A target to be reached by a date.", [horizon, by, target],
            f => new GoalDefinition(f.Get(horizon), f.Get(by), f.Get(target)));
    }

    private static void Check(Fields fields, Property<Bound?> target, Property<Bound?> critical, Property<IReadOnlyList<GoalDefinition>> goals)
    {
        bool hasTarget = fields.Has(target, out var must);
        if (hasTarget && fields.Has(critical, out var never) && must!.Overlaps(never!))
        {
            bool secret = fields.IsSecret(target) || fields.IsSecret(critical);
            fields.Report(critical, "kpi-contradiction",
                secret ? "Some values satisfy both the target and the critical bound." : $"Some values satisfy both the target '{must.Text}' and the critical bound '{never!.Text}'.",
                "Critical must hold only where the target does not.");
        }
        if (!hasTarget || !fields.Has(goals, out var dated)) return;
        foreach (var goal in dated!)
        {
            var way = Preference.Of(must, null).Direction;
            var goalWay = Preference.Of(goal.Target, null).Direction;
            if (way != goalWay && way != BetterDirection.Inside && goalWay != BetterDirection.Inside)
                fields.Report(goals, "kpi-goal-direction", $"The {goal.Horizon} goal and the target go opposite ways.", "Use the same comparison in both.");
        }
    }

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };
}
