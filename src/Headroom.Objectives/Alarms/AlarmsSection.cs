using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Objectives.Alarms.Rules;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Alarms;

/// <summary>Declares the section <c>alarms</c> of headroom.yaml.</summary>
public static class AlarmsSection
{
    private static readonly Shape<DatapointRule> ForShape = Shapes.Parsed<DatapointRule>("how many points must breach, such as 3 of 5", TryParseFor,
        () => [new JsonObject { ["type"] = "integer", ["minimum"] = 1 }, new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+( of [0-9]+)?$" }]);

    private static readonly Shape<CompositeRule> RuleShape = Shapes.Parsed<CompositeRule>("a rule over alarms such as ALARM(a) AND NOT OK(b)", CompositeRule.TryParse, () => [new JsonObject { ["type"] = "string" }]);

    private static readonly Shape<MissingData> MissingShape = Shapes.Choice(
        ("missing", MissingData.Missing, "As nothing: without data the state is INSUFFICIENT_DATA."), ("notBreaching", MissingData.NotBreaching, "As good."),
        ("breaching", MissingData.Breaching, "As bad."), ("ignore", MissingData.Ignore, "The state stays as it is."));

    /// <summary>Creates the section.</summary>
    /// <param name="checkQuery">Says what is wrong with a PromQL expression, or null when it can be parsed.</param>
    /// <param name="ports">What alarms can be made of; kinds whose port is null are refused.</param>
    public static ConfigurationSection<IReadOnlyList<AlarmDefinition>> Create(Func<string, Problem?> checkQuery, AlarmPorts ports) => ConfigurationSection.Of<IReadOnlyList<AlarmDefinition>>(
        "alarms", "Alarms: what must not happen, and what is done when it does.", new UniquelyNamed<AlarmDefinition>(Declare(checkQuery, ports), "alarm-defined-twice", "alarms"), []);

    private static ObjectShape<AlarmDefinition> Declare(Func<string, Problem?> checkQuery, AlarmPorts ports)
    {
        var name = Property.Required("name", "The name; unique in the project, also among maintenance windows.", Shapes.Text(200));
        var description = Property.Optional<string?>("description", "A sentence for whoever is called.", Shapes.Text(1000)!, null);
        var query = Property.Optional<string?>("query", "PromQL; each series it gives is an instance of the alarm.", Shapes.Text(10_000).Checked(checkQuery)!, null);
        var when = Property.Optional<Bound?>("when", "What must hold for a point to breach: \"> 0.5\".", KpisSection.BoundShape!, null);
        var points = Property.Optional<DatapointRule?>("for", "How many of the last points must breach: 3 of 5, or 3 for 3 of 3. Default: 1.", ForShape!, null);
        var period = Property.Optional("period", "How far apart points are, and how often the alarm is evaluated. At least 10s. Default: 1m.", Shapes.Duration(TimeSpan.FromSeconds(10)).Checked(CheckPeriod), TimeSpan.FromMinutes(1));
        var missing = Property.Optional("missing", "What a missing point counts as when there are too few real ones. Default: missing.", MissingShape, MissingData.Missing);
        var forecast = Property.Optional<ForecastOptions?>("forecast", "Breach when the value is predicted to, instead of when it does.", DeclareForecast()!, null);
        var anomaly = Property.Optional<AnomalyOptions?>("anomaly", "Breach when the value is unlike its past, instead of by a bound.", DeclareAnomaly()!, null);
        var slo = Property.Optional<string?>("slo", "The SLO whose error budget must not burn too fast.", Shapes.Text(200)!, null);
        var burn = Property.Optional<BurnSeverity?>("burn", "Which rows of the multi-window table count. Default: both.", Shapes.Choice<BurnSeverity?>(
            ("page", BurnSeverity.Page, "2% of the budget in 1h, 5% in 6h."), ("ticket", BurnSeverity.Ticket, "10% in 1d, 10% in 3d.")), null);
        var rule = Property.Optional<CompositeRule?>("rule", "A rule over the states of other alarms: (ALARM(a) OR ALARM(b)) AND NOT ALARM(maintenance).", RuleShape!, null);
        var suppressor = Property.Optional<string?>("suppressor", "An alarm that keeps back the actions of this one while it is in ALARM. Only with rule.", Shapes.Text(200)!, null);
        var wait = Property.Optional("wait", "How long the actions wait for the suppressor to go into ALARM. Default: 1m.", Shapes.Duration(), TimeSpan.FromMinutes(1));
        var extension = Property.Optional("extension", "How long the actions stay back after the suppressor left ALARM. Default: 1m.", Shapes.Duration(), TimeSpan.FromMinutes(1));
        var labels = Property.Optional<IReadOnlyDictionary<string, string>>("labels", "Labels added to those of the series.", Shapes.Map(Shapes.Text(200)), new Dictionary<string, string>());
        var actions = Property.Optional<IReadOnlyList<AlarmAction>>("actions", "What is done when the state changes.", Shapes.List(ActionShape.Create()), []);
        return new ObjectShape<AlarmDefinition>("An alarm.",
            [name, description, query, when, points, period, missing, forecast, anomaly, slo, burn, rule, suppressor, wait, extension, labels, actions],
            f => new AlarmDefinition
            {
                Name = f.Get(name),
                Description = f.Get(description),
                Period = f.Get(period),
                Labels = f.Get(labels),
                Actions = f.Get(actions),
                Where = f.Mark.ToString(),
                Condition =
                    f.Get(rule) is { } composite ? new CompositeCondition(composite, f.Get(suppressor) is { } by ? new Suppressor(by, f.Get(wait), f.Get(extension)) : null)
                    : f.Get(slo) is { } watched ? new BurnRateCondition(watched, f.Get(burn), f.Get(missing))
                    : f.Get(forecast) is { } ahead ? new ForecastCondition(f.Get(query)!, f.Get(when)!, ahead.Within, ahead.History, ahead.Step, f.Get(missing))
                    : f.Get(anomaly) is { } past ? new AnomalyCondition(f.Get(query)!, past.History, f.Get(points) ?? DatapointRule.Single, f.Get(missing))
                    : new ThresholdCondition(f.Get(query)!, f.Get(when)!, f.Get(points) ?? DatapointRule.Single, f.Get(missing)),
            },
            Check);

        void Check(Fields fields)
        {
            int kinds = (Given(query) ? 1 : 0) + (Given(slo) ? 1 : 0) + (Given(rule) ? 1 : 0);
            if (kinds != 1)
                fields.Report(kinds == 0 ? query : rule, "alarm-kind", kinds == 0 ? "The alarm says nothing about when it is in ALARM." : "The alarm has several conditions at once.", "Give one of query, slo and rule.");
            if (Given(query) && Given(forecast) && Given(anomaly)) fields.Report(anomaly, "alarm-kind", "The alarm has a forecast and an anomaly at once.", "Keep one.");
            else if (Given(query) && Given(anomaly) == Given(when)) fields.Report(when, "alarm-bound", Given(when) ? "An anomaly is judged without a bound." : "The alarm has no bound.", Given(when) ? "Take when out." : "Give when, such as \"> 0.5\".");
            foreach (var (property, needed) in ((Property, Property)[])[(when, query), (points, query), (forecast, query), (anomaly, query), (burn, slo), (suppressor, rule), (wait, suppressor), (extension, suppressor)])
                if (Given(property) && !Given(needed))
                    fields.Report(property, "alarm-key", $"'{property.Name}' means nothing without '{needed.Name}'.", "Take it out.");
            if (Given(points) && Given(forecast)) fields.Report(points, "alarm-key", "A forecast is judged once a period, not M out of N.", "Take for out.");
            if (fields.Get(points) is { } many && many.Periods * fields.Get(period) > TimeSpan.FromDays(1))
                fields.Report(points, "alarm-range", "The points span more than a day.", "Use fewer points or a shorter period: at most 1d together, as in CloudWatch.");
            if (Given(forecast) && ports.Forecaster is null) fields.Report(forecast, "alarm-unavailable", "This version of Headroom has no forecasts for alarms.", "Take forecast out.");
            if (Given(anomaly) && ports.Anomalies is null) fields.Report(anomaly, "alarm-unavailable", "This version of Headroom has no anomaly detection for alarms.", "Take anomaly out.");
            foreach (string label in fields.Get(labels).Keys)
                if (checkQuery($"sum by ({label}) (x)") is not null || label == Muting.AlarmMatchers.AlarmLabel)
                    fields.Report(labels, "alarm-label", $"'{label}' cannot be the name of a label.", "Use letters, digits and underscores; 'alarm' is the alarm's name itself.");

            bool Given(Property property) => fields.MarkOf(property) != fields.Mark;
        }
    }

    private sealed record ForecastOptions(TimeSpan Within, TimeSpan History, TimeSpan Step);

    private sealed record AnomalyOptions(TimeSpan History);

    private static ObjectShape<ForecastOptions> DeclareForecast()
    {
        var within = Property.Optional("within", "How far ahead it looks. Default: 24h.", Shapes.Duration(TimeSpan.FromMinutes(1)), TimeSpan.FromHours(24));
        var history = Property.Optional("history", "How far back it looks. Default: 14d.", Shapes.Duration(TimeSpan.FromMinutes(10)), TimeSpan.FromDays(14));
        var step = Property.Optional("step", "How far apart the points are. Default: 1h.", Shapes.Duration(TimeSpan.FromMinutes(1)), TimeSpan.FromHours(1));
        return new ObjectShape<ForecastOptions>("A look ahead.", [within, history, step], f => new ForecastOptions(f.Get(within), f.Get(history), f.Get(step)),
            f =>
            {
                if (f.Get(history) / f.Get(step) > 10_000 || f.Get(within) / f.Get(step) is < 1 or > 1_000)
                    f.Report(step, "alarm-forecast", "History and forecast must hold at most 10,000 and from 1 to 1,000 steps.", "Choose another step.");
            });
    }

    private static ObjectShape<AnomalyOptions> DeclareAnomaly()
    {
        var history = Property.Optional("history", "How far back it looks. Default: 7d; at most 10,000 periods.", Shapes.Duration(TimeSpan.FromMinutes(10)), TimeSpan.FromDays(7));
        return new ObjectShape<AnomalyOptions>("A look back.", [history], f => new AnomalyOptions(f.Get(history)));
    }

    private static Problem? CheckPeriod(TimeSpan period) => period <= TimeSpan.FromDays(1) && period.Ticks % TimeSpan.FromSeconds(10).Ticks == 0
        ? null
        : new Problem("alarm-period", "The period is not a multiple of 10s up to a day.", Fix: "Use 10s, 30s, 1m, 5m or the like.");

    private static bool TryParseFor(string text, out DatapointRule rule, out string reason)
    {
        (rule, reason) = (DatapointRule.Single, "");
        string[] parts = text.Split(" of ", StringSplitOptions.TrimEntries);
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int m) || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int n)) return false;
        if (m < 1 || n < m || n > 8640) reason = "the first number must be at least 1, and at most the second";
        rule = new DatapointRule(m, n);
        return reason.Length == 0;
    }
}
