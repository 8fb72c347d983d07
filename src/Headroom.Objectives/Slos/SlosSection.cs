using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;
using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Slos;

/// <summary>Declares the section <c>slos</c> of headroom.yaml.</summary>
public static class SlosSection
{
    private const int MostSlices = 200_000;

    private static readonly Property<TimeSpan> Slice = Property.Optional("slice", "Length of a slice of time. Default: 1m.", Shapes.Duration(TimeSpan.FromSeconds(10)), TimeSpan.FromMinutes(1));
    private static readonly Property<double> SliceTarget = Property.Optional("target", "Share of a slice's events that must be good for the slice to be good. Default: the objective; 100% where a value is judged.", Objective(), double.NaN);

    private static readonly Shape<TimeZoneInfo> Zone = Shapes.Parsed("a time zone's IANA name such as Europe/Berlin", (string text, out TimeZoneInfo zone, out string reason) =>
        CalendarPeriods.TryFindZone(text, out zone, out reason), () => [new JsonObject { ["type"] = "string" }]);

    /// <summary>The shape of a time zone.</summary>
    internal static Shape<TimeZoneInfo> ZoneShape => Zone;

    /// <summary>Creates the section.</summary>
    /// <param name="checkQuery">Says what is wrong with a PromQL expression, or null when it can be parsed.</param>
    public static ConfigurationSection<IReadOnlyList<SloDefinition>> Create(Func<string, Problem?> checkQuery) => ConfigurationSection.Of<IReadOnlyList<SloDefinition>>(
        "slos", "Service level objectives: the share of events, or of time, that must be good over a window.",
        new UniquelyNamed<SloDefinition>(Declare(checkQuery), "slo-defined-twice", "SLOs"), []);

    private static ObjectShape<SloDefinition> Declare(Func<string, Problem?> checkQuery)
    {
        var counting = Shapes.Text(10_000).Checked(query => query.Contains(SloQueries.Placeholder, StringComparison.Ordinal)
            ? checkQuery(SloQueries.With(query, TimeSpan.FromMinutes(5)))
            : new Problem("slo-window-missing", $"The query does not say {SloQueries.Placeholder}, so it cannot be asked about the SLO's windows.", Fix: "Write it as the range: sum(increase(http_requests_total[$window]))."));
        var name = Property.Required("name", "The name shown; unique in the project.", Shapes.Text(200));
        var description = Property.Optional<string?>("description", "A sentence for a person.", Shapes.Text(1050)!, null);
        var service = Property.Optional<string?>("service", "The service it is about, for exports and grouping.", Shapes.Text(200)!, null);
        var objective = Property.Required("objective", "The share that must be good: 99.9%. Above 0%; 100% leaves no error budget.", Objective());
        var window = Property.Optional<SloWindow>("window", "Over how long: a rolling time such as 30d, or a calendar period in a time zone. Default: 30d.", new WindowShape(), new RollingWindow(TimeSpan.FromDays(30)));
        var good = Property.Optional<string?>("good", "PromQL that counts good events in $window.", counting!, null);
        var bad = Property.Optional<string?>("bad", "PromQL that counts bad events in $window; instead of good.", counting!, null);
        var total = Property.Optional<string?>("total", "PromQL that counts all events in $window.", counting!, null);
        var latency = Property.Optional<LatencySli?>("latency", "Requests no slower than a threshold, from a native histogram; instead of good and total.", DeclareLatency(checkQuery)!, null);
        var value = Property.Optional<ValueSli?>("value", "A value that a bound judges at the end of each slice of time; instead of good and total.", DeclareValue(checkQuery)!, null);
        var timeslices = Property.Optional<Timeslices?>("timeslices", "Count slices of time instead of events.",
            new ObjectShape<Timeslices>("How time is cut.", [Slice, SliceTarget], f => new Timeslices(f.Get(Slice), f.Get(SliceTarget)))!, null);
        var minimum = Property.Optional("minimumEvents", "Events below which a window is low traffic: its burn rate raises no alarm, and a slice of time does not count. Default: so many that one bad event alone raises no alarm; 0 for slices.",
            Shapes.Number(minimum: 0).Maybe(), null);
        return new ObjectShape<SloDefinition>("A service level objective.",
            [name, description, service, objective, window, good, bad, total, latency, value, timeslices, minimum],
            f => new SloDefinition
            {
                Name = f.Get(name),
                Description = f.Get(description),
                Service = f.Get(service),
                Objective = f.Get(objective),
                Window = f.Get(window),
                Sli = f.Get(latency) ?? f.Get(value) ?? (Sli)new RatioSli(f.Get(good), f.Get(bad), f.Get(total)!),
                Timeslices = f.Get(timeslices) is { } slices ? slices with { Target = double.IsNaN(slices.Target) ? f.Get(value) is null ? f.Get(objective) : 1 : slices.Target } : null,
                MinimumEvents = f.Get(minimum),
            },
            f => Check(f, good, bad, total, latency, value, timeslices, window));
    }

    private static void Check(Fields fields, Property<string?> good, Property<string?> bad, Property<string?> total, Property<LatencySli?> latency, Property<ValueSli?> value, Property<Timeslices?> timeslices, Property<SloWindow> window)
    {
        bool counts = Given(good) || Given(bad) || Given(total);
        int kinds = (counts ? 1 : 0) + (Given(latency) ? 1 : 0) + (Given(value) ? 1 : 0);
        if (kinds != 1)
            fields.Report(kinds == 0 ? total : value, "slo-indicator", kinds == 0 ? "The SLO says nothing about what is measured." : "The SLO is measured in two ways at once.",
                "Give either total with good or bad, or latency, or value.");
        else if (counts && (!Given(total) || Given(good) == Given(bad)))
            fields.Report(total, "slo-indicator", "A ratio needs total, and one of good and bad.", "Give total, and either good or bad.");
        var slices = fields.Get(timeslices) ?? (Given(value) ? Timeslices.OfValues : null);
        var period = BurnRatePolicy.PeriodOf(fields.Get(window));
        if (slices is not null && (period / slices.Slice > MostSlices || slices.Slice > TimeSpan.FromMinutes(5)))
            fields.Report(timeslices, "slo-slices", period / slices.Slice > MostSlices ? $"The window has more than {MostSlices:N0} slices." : "A slice longer than 5m does not fit into the shortest window of the burn-rate rules.",
                "Use slices of 10s to 5m, and fewer of them.");

        bool Given(Property property) => fields.MarkOf(property) != fields.Mark;
    }

    private static ObjectShape<LatencySli> DeclareLatency(Func<string, Problem?> checkQuery)
    {
        var histogram = Property.Required("histogram", "A selector of native histograms: http_server_request_duration_seconds{service=\"api\"}.",
            Shapes.Text(10_000).Checked(selector => checkQuery($"count_over_time({selector}[5m])") is null ? null : new Problem("slo-selector", "This is not a selector of series.", Fix: "Write a metric's name, with labels in braces if needed.")));
        var threshold = Property.Required("threshold", "The slowest good request, in the metric's unit: 0.5. A change holds for the past too.", Shapes.Number());
        var by = Property.Optional<IReadOnlyList<string>>("by", "Labels by which it is judged apart.", Shapes.OneOrMore(Shapes.Text(100)), []);
        return new ObjectShape<LatencySli>("Requests no slower than a threshold.", [histogram, threshold, by], f => new LatencySli(f.Get(histogram), f.Get(threshold), f.Get(by)),
            f =>
            {
                if (f.Get(by) is { Count: > 0 } labels && checkQuery($"sum by ({string.Join(", ", labels)}) (x)") is not null)
                    f.Report(by, "slo-labels", "These are not names of labels.", "Write names such as service.");
            });
    }

    private static ObjectShape<ValueSli> DeclareValue(Func<string, Problem?> checkQuery)
    {
        var query = Property.Required("query", "PromQL that gives a number at the end of each slice.", Shapes.Text(10_000).Checked(checkQuery));
        var when = Property.Required("when", "What must hold for a slice to be good: \"< 60\".", KpisSection.BoundShape);
        return new ObjectShape<ValueSli>("A value judged slice by slice.", [query, when], f => new ValueSli(f.Get(query), f.Get(when)));
    }

    private static Shape<double> Objective() => Shapes.Percent().Checked(share => share > 0 ? null : new Problem("slo-objective", "An objective of 0% cannot be missed.", Fix: "Give the share that must be good, such as 99.9%."));

    /// <summary>A rolling time, or a calendar period.</summary>
    private sealed class WindowShape : Shape<SloWindow>
    {
        private static readonly Shape<TimeSpan> Rolling = Shapes.Duration(TimeSpan.FromHours(1));
        private static readonly Property<CalendarUnit> Unit = Property.Required("calendar", "The period.", Shapes.Choice(
            ("day", CalendarUnit.Day, "From midnight."), ("week", CalendarUnit.Week, "From Monday."), ("month", CalendarUnit.Month, "From the first."),
            ("quarter", CalendarUnit.Quarter, "From the first of January, April, July or October."), ("year", CalendarUnit.Year, "From the first of January.")));
        private static readonly Property<TimeZoneInfo> InZone = Property.Optional("zone", "The time zone, by its IANA name. Default: UTC.", Zone, TimeZoneInfo.Utc);
        private static readonly Shape<CalendarWindow> Calendar = new ObjectShape<CalendarWindow>("A calendar period.", [Unit, InZone], f => new CalendarWindow(f.Get(Unit), f.Get(InZone)));

        public override bool TryRead(YamlNode node, ICollection<Problem> problems, out SloWindow value)
        {
            if (node is YamlMapping)
            {
                bool whole = Calendar.TryRead(node, problems, out var calendar);
                value = calendar;
                return whole;
            }
            bool read = Rolling.TryRead(node, problems, out var length);
            value = new RollingWindow(length);
            return read;
        }

        public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Rolling.Schema(), Calendar.Schema()) };
    }
}
