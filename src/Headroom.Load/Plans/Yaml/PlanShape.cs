using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;
using Headroom.Load.Executors;
using Headroom.Load.Templates;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Plans.Yaml;

/// <summary>A plan as it stands in the file.</summary>
internal sealed record RawPlan
{
    public string? Name { get; init; }
    public Placed<string>? Target { get; init; }
    public required IReadOnlyList<(Placed<string> Name, RawScenario Scenario)> Scenarios { get; init; }
    public required IReadOnlyList<(Placed<string> Name, IReadOnlyList<RawStep> Steps)> Flows { get; init; }
    public required IReadOnlyList<(Placed<string> Selector, IReadOnlyList<Placed<Threshold>> Thresholds)> Thresholds { get; init; }
    public required IReadOnlyList<(string Name, Template Value)> Headers { get; init; }
    public required IReadOnlyList<Placed<(string Name, RawFeed Feed)>> Data { get; init; }
    public required IReadOnlyList<Placed<(string Name, Template Value)>> Variables { get; init; }
    public required IReadOnlyDictionary<string, CustomMetricKind> Metrics { get; init; }
    public required IReadOnlyDictionary<string, string> Tags { get; init; }
    public Placed<string>? Bearer { get; init; }
    public (string User, string Password)? Basic { get; init; }
    public TimeSpan WarmUp { get; init; }
    public SourceMark WarmUpMark { get; init; }
    public TimeSpan Timeout { get; init; }
    public int MaxRedirects { get; init; }
    public bool InsecureSkipTlsVerify { get; init; }
    public bool NoConnectionReuse { get; init; }
    public bool Http2 { get; init; }
    public bool Cookies { get; init; }
    public int Seed { get; init; }
    public SourceMark Mark { get; init; }
}

/// <summary>Where a feed's rows are.</summary>
internal sealed record RawFeed(Placed<string>? Csv, Placed<string>? Json, FeedOrder Order);

/// <summary>What a plan looks like in YAML. Also the source of its JSON Schema.</summary>
internal static class PlanShape
{
    private static readonly Property<string?> Name = Property.Optional<string?>("name", "What the plan is called. By default the file's name.", Shapes.Text(200)!, null);
    private static readonly Property<Placed<string>?> Target = Property.Optional("target", "Where relative URLs start. TARGET_URL and --target say otherwise.", Shapes.Text(4000).Placed().Maybe(), null);
    private static readonly Property<IReadOnlyList<(Placed<string>, RawScenario)>> Scenarios = Property.Optional<IReadOnlyList<(Placed<string>, RawScenario)>>("scenarios", "What runs, by name.", Named(ScenarioShape.Shape), []);
    private static readonly Property<IReadOnlyList<(Placed<string>, IReadOnlyList<RawStep>)>> Flows = Property.Optional<IReadOnlyList<(Placed<string>, IReadOnlyList<RawStep>)>>("flows", "Steps that scenarios refer to by 'exec'.", Named(StepShape.List), []);
    private static readonly Property<IReadOnlyList<RawStep>?> Steps = Property.Optional<IReadOnlyList<RawStep>?>("steps", "With one scenario only: what a user does in one iteration.", StepShape.List!, null);
    private static readonly Property<int> Vus = Property.Optional("vus", "With steps: users. By default 1.", ShapeForms.Whole(1, 1_000_000), 1);
    private static readonly Property<TimeSpan?> Duration = Property.Optional("duration", "With steps: how long.", Shapes.Duration().Maybe(), null);
    private static readonly Property<int?> Iterations = Property.Optional("iterations", "With steps: how many iterations all users share.", ShapeForms.Whole(1).Maybe(), null);
    private static readonly Property<IReadOnlyList<Stage>?> Stages = Property.Optional<IReadOnlyList<Stage>?>("stages", "With steps: where the number of users goes.", ScenarioShape.StageList()!, null);
    private static readonly Property<IReadOnlyList<(Placed<string>, IReadOnlyList<Placed<Threshold>>)>> Thresholds = Property.Optional<IReadOnlyList<(Placed<string>, IReadOnlyList<Placed<Threshold>>)>>("thresholds", "What the results must come to, by metric.", ThresholdShape.Shape, []);
    private static readonly Property<IReadOnlyList<(string, Template)>> Headers = Property.Optional<IReadOnlyList<(string, Template)>>("headers", "Headers of every request.", RequestShape.Headers(), []);
    private static readonly Property<RawAuth?> Auth = Property.Optional<RawAuth?>("auth", "Who the requests come from.", RawAuth.Shape!, null);
    private static readonly Property<IReadOnlyList<Placed<(string, RawFeed)>>> Data = Property.Optional<IReadOnlyList<Placed<(string, RawFeed)>>>("data", "Files of rows that requests draw on, by name.", NamedPlaced(FeedShape()), []);
    private static readonly Property<IReadOnlyList<Placed<(string, Template)>>> Variables = Property.Optional<IReadOnlyList<Placed<(string, Template)>>>("variables", "Variables each user starts with.", NamedPlaced(ShapeForms.TemplateText(100_000)), []);
    private static readonly Property<IReadOnlyDictionary<string, CustomMetricKind>> Metrics = Property.Optional<IReadOnlyDictionary<string, CustomMetricKind>>("metrics", "Metrics of the plan's own, by name, filled by 'record'.", Shapes.Map(Shapes.Choice(
        ("rate", CustomMetricKind.Rate, "The share of times a condition held."), ("counter", CustomMetricKind.Counter, "A sum."), ("trend", CustomMetricKind.Trend, "A distribution."))), new Dictionary<string, CustomMetricKind>());
    private static readonly Property<IReadOnlyDictionary<string, string>> Tags = Property.Optional<IReadOnlyDictionary<string, string>>("tags", "Tags of all requests.", Shapes.Map(Shapes.Text(200)), new Dictionary<string, string>());
    private static readonly Property<TimeSpan> WarmUp = Property.Optional("warmUp", "Requests due in this time from the start are not part of the results. By default 0s.", Shapes.Duration(TimeSpan.Zero), TimeSpan.Zero);
    private static readonly Property<TimeSpan> Timeout = Property.Optional("timeout", "How long a request may take. By default 30s.", Shapes.Duration(), TimeSpan.FromSeconds(30));
    private static readonly Property<int> Redirects = Property.Optional("maxRedirects", "Redirects followed for one request, within the plan's hosts. By default 10.", ShapeForms.Whole(0, 100), 10);
    private static readonly Property<bool> Insecure = Property.Optional("insecureSkipTLSVerify", "Whether certificates are accepted without being checked. By default false.", Shapes.Flag(), false);
    private static readonly Property<bool> NoReuse = Property.Optional("noConnectionReuse", "Whether every request opens a connection of its own. By default false.", Shapes.Flag(), false);
    private static readonly Property<bool> Http = Property.Optional("http", "The version of HTTP. By default 1.1.", Shapes.Choice(("1.1", false, "HTTP/1.1."), ("2", true, "HTTP/2; without TLS by prior knowledge.")), false);
    private static readonly Property<bool> Cookies = Property.Optional("cookies", "Whether users keep cookies, each their own. By default true.", Shapes.Flag(), true);
    private static readonly Property<int> Seed = Property.Optional("seed", "Seed of everything random. By default 1.", ShapeForms.Whole(0), 1);

    public static readonly ObjectShape<RawPlan> Shape = new("A load test for 'headroom load run'.",
        [Name, Target, Scenarios, Flows, Steps, Vus, Duration, Iterations, Stages, Thresholds, Headers, Auth, Data, Variables, Metrics, Tags, WarmUp, Timeout, Redirects, Insecure, NoReuse, Http, Cookies, Seed],
        Build, CheckTogether);

    private static Shape<IReadOnlyList<(Placed<string>, T)>> Named<T>(Shape<T> shape) => new KeyedShape<(Placed<string>, T)>(
        (name, mark) => shape.As(value => (new Placed<string>(name, mark), value)), shape.As(value => (default(Placed<string>), value)));

    private static Shape<IReadOnlyList<Placed<(string, T)>>> NamedPlaced<T>(Shape<T> shape) => new KeyedShape<Placed<(string, T)>>(
        (name, mark) => shape.As(value => new Placed<(string, T)>((name, value), mark)), shape.As(value => new Placed<(string, T)>(("", value), default)));

    private static Shape<RawFeed> FeedShape()
    {
        var csv = Property.Optional("csv", "A CSV file with a header line, relative to the plan.", Shapes.Text(4000).Placed().Maybe(), null);
        var json = Property.Optional("json", "A JSON file with an array of objects, relative to the plan.", Shapes.Text(4000).Placed().Maybe(), null);
        var order = Property.Optional("order", "Which row an iteration gets. By default sequential.", Shapes.Choice(("sequential", FeedOrder.Sequential, "The next."), ("random", FeedOrder.Random, "Any.")), FeedOrder.Sequential);
        return new ObjectShape<RawFeed>("A file of rows.", [csv, json, order], f => new RawFeed(f.Get(csv), f.Get(json), f.Get(order)), f =>
        {
            if (f.Get(csv) is null == f.Get(json) is null) f.Report(csv, "load-plan-value", "A feed is one file: csv or json.", "Give one of them.");
        });
    }

    private static void CheckTogether(Fields fields)
    {
        bool steps = fields.Has(Steps, out _), scenarios = fields.Has(Scenarios, out var list) && list!.Count > 0;
        if (steps && scenarios) fields.Report(Steps, "load-plan-value", "A plan has scenarios, or steps at the top, not both.", "Move the steps into a scenario.");
        if (!steps && fields.MarkOf(Steps) == fields.Mark && fields.MarkOf(Scenarios) == fields.Mark)
            fields.Report(Scenarios, "load-plan-value", "The plan has nothing to run.", "Give it 'steps:' with requests, or 'scenarios:'.");
        int shapes = (fields.Has(Duration, out _) ? 1 : 0) + (fields.Has(Stages, out _) ? 1 : 0) + (fields.Has(Iterations, out _) ? 1 : 0);
        if (steps && shapes == 0) fields.Report(Steps, "load-plan-value", "Nothing says how long the steps are repeated.", "Give duration, iterations or stages.");
        if (steps && fields.Has(Stages, out _) && shapes > 1) fields.Report(Stages, "load-plan-value", "Stages say the duration themselves.", "Remove duration and iterations.");
    }

    private static RawPlan Build(Fields fields)
    {
        var scenarios = fields.Get(Scenarios);
        if (fields.Get(Steps) is { } steps)
        {
            LoadShape shape = fields.Get(Stages) is { } stages ? new RampingVus(0, stages)
                : fields.Get(Iterations) is { } iterations ? new SharedIterations(fields.Get(Vus), iterations, fields.Get(Duration) ?? TimeSpan.FromMinutes(10))
                : new ConstantVus(fields.Get(Vus), fields.Get(Duration)!.Value);
            scenarios = [(new Placed<string>("default", fields.Mark), new RawScenario(shape, steps, [], TimeSpan.Zero, null, TimeSpan.FromSeconds(30), new Dictionary<string, string>(), fields.Mark))];
        }
        var auth = fields.Get(Auth);
        return new RawPlan
        {
            Name = fields.Get(Name),
            Target = fields.Get(Target),
            Scenarios = scenarios,
            Flows = fields.Get(Flows),
            Thresholds = fields.Get(Thresholds),
            Headers = fields.Get(Headers),
            Data = fields.Get(Data),
            Variables = fields.Get(Variables),
            Metrics = fields.Get(Metrics),
            Tags = fields.Get(Tags),
            Bearer = auth?.Bearer,
            Basic = auth?.Basic,
            WarmUp = fields.Get(WarmUp),
            WarmUpMark = fields.MarkOf(WarmUp),
            Timeout = fields.Get(Timeout),
            MaxRedirects = fields.Get(Redirects),
            InsecureSkipTlsVerify = fields.Get(Insecure),
            NoConnectionReuse = fields.Get(NoReuse),
            Http2 = fields.Get(Http),
            Cookies = fields.Get(Cookies),
            Seed = fields.Get(Seed),
            Mark = fields.Mark,
        };
    }
}

/// <summary>Who requests come from.</summary>
internal sealed record RawAuth(Placed<string>? Bearer, (string, string)? Basic)
{
    private static readonly Property<Placed<string>?> BearerProperty = Property.Optional("bearer", "A token, best as ${TOKEN}.", Shapes.Text(16_000).Placed().Maybe(), null);
    private static readonly Property<string> User = Property.Required("user", "The user's name.", Shapes.Text(1000));
    private static readonly Property<string> Password = Property.Required("password", "The password, best as ${PASSWORD}.", Shapes.Text(1000));
    private static readonly Property<(string, string)?> BasicProperty = Property.Optional("basic", "A name and a password.",
        new ObjectShape<(string, string)>("Basic authentication.", [User, Password], f => (f.Get(User), f.Get(Password))).Maybe(), null);

    public static readonly Shape<RawAuth> Shape = new ObjectShape<RawAuth>("Authentication of every request.", [BearerProperty, BasicProperty],
        f => new RawAuth(f.Get(BearerProperty), f.Get(BasicProperty)), f =>
        {
            if (f.Has(BearerProperty, out _) == f.Has(BasicProperty, out _)) f.Report(BearerProperty, "load-plan-value", "Authentication is bearer or basic.", "Give one of them.");
        });
}
