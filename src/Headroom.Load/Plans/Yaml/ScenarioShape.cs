using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;
using Headroom.Load.Executors;

namespace Headroom.Load.Plans.Yaml;

/// <summary>A scenario as it stands in the file, its flows not yet resolved.</summary>
internal sealed record RawScenario(
    LoadShape Shape, IReadOnlyList<RawStep>? Steps, IReadOnlyList<(Placed<string> Flow, double Weight)> Exec, TimeSpan StartTime, Placed<string>? StartAfter, TimeSpan GracefulStop,
    IReadOnlyDictionary<string, string> Tags, SourceMark Mark);

/// <summary>What a scenario looks like. Options that its executor does not know are errors, as unknown keys are.</summary>
internal static class ScenarioShape
{
    private const int MostVus = 1_000_000;
    private static readonly TimeSpan DefaultMaxDuration = TimeSpan.FromMinutes(10);

    private static readonly (string Name, string Meaning, string[] Required, string[] Optional)[] Executors =
    [
        ("constant-vus", "A number of users for a time.", ["duration"], ["vus"]),
        ("ramping-vus", "A number of users that follows stages.", ["stages"], ["startVUs", "gracefulRampDown"]),
        ("constant-arrival-rate", "Iterations started at a constant rate.", ["rate", "duration"], ["timeUnit", "preAllocatedVUs", "maxVUs", "arrival"]),
        ("ramping-arrival-rate", "Iterations started at a rate that follows stages.", ["stages"], ["startRate", "timeUnit", "preAllocatedVUs", "maxVUs", "arrival"]),
        ("shared-iterations", "A number of iterations that users share.", [], ["iterations", "vus", "maxDuration"]),
        ("per-vu-iterations", "The same number of iterations for each user.", [], ["iterations", "vus", "maxDuration"]),
        ("at-once", "Users who all start one iteration at once.", ["vus"], ["maxDuration"]),
        ("spike", "The same as at-once.", ["vus"], ["maxDuration"]),
    ];

    private static readonly Property<string> Executor = Property.Required("executor", "How load is made.", Shapes.Choice([.. Executors.Select(e => (e.Name, e.Name, e.Meaning))]));
    private static readonly Property<int> Vus = Property.Optional("vus", "Users. By default 1.", ShapeForms.Whole(1, MostVus), 1);
    private static readonly Property<TimeSpan> Duration = Property.Optional("duration", "How long iterations are started.", Shapes.Duration(), TimeSpan.Zero);
    private static readonly Property<IReadOnlyList<Stage>> Stages = Property.Optional<IReadOnlyList<Stage>>("stages", "Where the number of users or the rate goes, stage by stage.", StageList(), []);
    private static readonly Property<int> StartVus = Property.Optional("startVUs", "Users at the start. By default 0.", ShapeForms.Whole(0, MostVus), 0);
    private static readonly Property<double> StartRate = Property.Optional("startRate", "Iterations per timeUnit at the start. By default 0.", Shapes.Number(0, 1e9), 0);
    private static readonly Property<double> Rate = Property.Optional("rate", "Iterations per timeUnit.", Shapes.Number(above: 0, maximum: 1e9), 0);
    private static readonly Property<TimeSpan> TimeUnit = Property.Optional("timeUnit", "What rates are per. By default 1s.", Shapes.Duration(), TimeSpan.FromSeconds(1));
    private static readonly Property<int> PreAllocated = Property.Optional("preAllocatedVUs", "Users made before the start.", ShapeForms.Whole(0, MostVus), 0);
    private static readonly Property<int?> MaxVus = Property.Optional("maxVUs", "The most users; arrivals beyond wait, and their waiting counts. By default two seconds of arrivals, from 10 to 10,000.", ShapeForms.Whole(1, MostVus).Maybe(), null);
    private static readonly Property<ArrivalPattern> Arrival = Property.Optional("arrival", "How arrivals are spread. By default even.", Shapes.Choice(
        ("even", ArrivalPattern.Even, "At equal distances."), ("poisson", ArrivalPattern.Poisson, "As those of many independent users.")), ArrivalPattern.Even);
    private static readonly Property<int> Iterations = Property.Optional("iterations", "Iterations, of each user or of all. By default 1.", ShapeForms.Whole(1), 1);
    private static readonly Property<TimeSpan> MaxDuration = Property.Optional("maxDuration", "After this no more iterations are started. By default 10m.", Shapes.Duration(), DefaultMaxDuration);
    private static readonly Property<TimeSpan> RampDown = Property.Optional("gracefulRampDown", "How long a user taken away may still work. By default 30s.", Shapes.Duration(TimeSpan.Zero), TimeSpan.FromSeconds(30));
    private static readonly Property<TimeSpan> GracefulStop = Property.Optional("gracefulStop", "How long iterations under way may still take at the end. By default 30s.", Shapes.Duration(TimeSpan.Zero), TimeSpan.FromSeconds(30));
    private static readonly Property<TimeSpan> StartTime = Property.Optional("startTime", "When it starts, from the run's start, or from startAfter's end. By default 0s.", Shapes.Duration(TimeSpan.Zero), TimeSpan.Zero);
    private static readonly Property<Placed<string>?> StartAfter = Property.Optional("startAfter", "The scenario that must have ended first.", Shapes.Text(200).Placed().Maybe(), null);
    private static readonly Property<IReadOnlyDictionary<string, string>> Tags = Property.Optional<IReadOnlyDictionary<string, string>>("tags", "Tags of all its requests.", Shapes.Map(Shapes.Text(200)), new Dictionary<string, string>());
    private static readonly Property<IReadOnlyList<RawStep>?> Steps = Property.Optional<IReadOnlyList<RawStep>?>("steps", "What a user does in one iteration.", StepShape.List!, null);
    private static readonly Property<IReadOnlyList<(Placed<string>, double)>> Exec = Property.Optional<IReadOnlyList<(Placed<string>, double)>>("exec", "The flow to run, or several with their weights.", ExecShape(), []);

    private static readonly Property[] Always = [Executor, GracefulStop, StartTime, StartAfter, Tags, Steps, Exec];
    private static readonly Property[] OfExecutors = [Vus, Duration, Stages, StartVus, StartRate, Rate, TimeUnit, PreAllocated, MaxVus, Arrival, Iterations, MaxDuration, RampDown];

    public static readonly Shape<RawScenario> Shape = new ObjectShape<RawScenario>("A scenario.", [.. Always, .. OfExecutors], Build, CheckTogether);

    public static Shape<IReadOnlyList<Stage>> StageList()
    {
        var duration = Property.Required("duration", "How long the stage takes.", Shapes.Duration(TimeSpan.Zero));
        var target = Property.Required("target", "Where it ends: users, or iterations per timeUnit.", Shapes.Number(0, 1e9));
        return Shapes.List(new ObjectShape<Stage>("A stage.", [duration, target], f => new Stage(f.Get(duration), f.Get(target))))
            .Checked(stages => stages.Count == 0 ? new Problem("load-plan-value", "There must be at least one stage.")
                : stages.Sum(s => s.Duration.TotalSeconds) <= 0 ? new Problem("load-plan-value", "The stages take no time.", null, "Give one of them a duration.") : null);
    }

    private static Shape<IReadOnlyList<(Placed<string>, double)>> ExecShape() => new EitherShape<IReadOnlyList<(Placed<string>, double)>>(
        Shapes.Text(200).Placed().As(flow => (IReadOnlyList<(Placed<string>, double)>)[(flow, 1)]),
        new KeyedShape<(Placed<string>, double)>(
            (flow, mark) => Shapes.Number(above: 0).As(weight => (new Placed<string>(flow, mark), weight)), Shapes.Number(above: 0).As(weight => (default(Placed<string>), weight))),
        node => node is YamlMapping);

    private static void CheckTogether(Fields fields)
    {
        if (fields.Has(Steps, out _) == fields.Has(Exec, out _))
            fields.Report(Executor, "load-plan-value", fields.Has(Steps, out _) ? "A scenario has steps or exec, not both." : "The scenario does nothing.", "Give it 'steps:' with requests, or 'exec:' with the name of a flow.");
        if (!fields.Has(Executor, out var name)) return;
        var executor = Executors.First(e => e.Name == name);
        foreach (var property in OfExecutors)
        {
            bool given = fields.MarkOf(property) != fields.Mark;
            if (given && !executor.Required.Contains(property.Name) && !executor.Optional.Contains(property.Name))
                fields.Report(property, "load-plan-value", $"'{property.Name}' means nothing to the executor {name}.", $"It takes {string.Join(", ", executor.Required.Concat(executor.Optional))}.");
            else if (!given && executor.Required.Contains(property.Name))
                fields.Report(Executor, "yaml-missing-key", $"The executor {name} needs '{property.Name}'.", property.Description);
        }
        if (fields.Has(MaxVus, out var most) && fields.Get(PreAllocated) > most)
            fields.Report(MaxVus, "load-plan-value", "maxVUs is below preAllocatedVUs.", "Raise it, or leave it out.");
        if (fields.Has(Stages, out var stages) && name == "ramping-vus" && stages!.Any(s => s.Target > MostVus))
            fields.Report(Stages, "load-plan-value", $"A stage asks for more than {MostVus:N0} users.", "Lower its target.");
        if (stages is not null && stages.All(s => s.Target == 0) && fields.Get(StartVus) == 0 && fields.Get(StartRate) == 0)
            fields.Report(Stages, "load-plan-value", "The stages never ask for any load.", "Give one of them a target above 0.");
    }

    private static RawScenario Build(Fields fields) => new(ShapeOf(fields), fields.Get(Steps), fields.Get(Exec), fields.Get(StartTime), fields.Get(StartAfter),
        fields.Get(GracefulStop), fields.Get(Tags), fields.Mark);

    private static LoadShape ShapeOf(Fields fields)
    {
        double unit = fields.Get(TimeUnit).TotalSeconds;
        return fields.Get(Executor) switch
        {
            "constant-vus" => new ConstantVus(fields.Get(Vus), fields.Get(Duration)),
            "ramping-vus" => new RampingVus(fields.Get(StartVus), fields.Get(Stages)) { GracefulRampDown = fields.Get(RampDown) },
            "constant-arrival-rate" => Open(new ConstantArrivalRate(fields.Get(Rate) / unit, fields.Get(Duration)), fields),
            "ramping-arrival-rate" => Open(new RampingArrivalRate(fields.Get(StartRate) / unit, [.. fields.Get(Stages).Select(s => s with { Target = s.Target / unit })]), fields),
            "shared-iterations" => new SharedIterations(fields.Get(Vus), fields.Get(Iterations), fields.Get(MaxDuration)),
            "per-vu-iterations" => new PerVuIterations(fields.Get(Vus), fields.Get(Iterations), fields.Get(MaxDuration)),
            _ => new AtOnce(fields.Get(Vus), fields.Get(MaxDuration)),
        };
    }

    private static OpenShape Open(OpenShape shape, Fields fields) =>
        shape with { PreAllocatedVus = fields.Get(PreAllocated), MaxVusGiven = fields.Get(MaxVus), Arrival = fields.Get(Arrival) };
}
