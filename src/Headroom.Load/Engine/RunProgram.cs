using Headroom.Load.Measurement;
using Headroom.Load.Plans;
using Headroom.Load.Templates;
using Headroom.Load.Thresholds;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>A plan made ready to run: names have become numbers, and what can be rendered before the run is.</summary>
internal sealed class RunProgram
{
    private readonly Dictionary<(string Scenario, string Name), RequestKind> _kinds = [];
    private readonly List<(int Kind, string Name)> _checks = [];
    private readonly List<(string Name, CustomMetricKind Kind)> _metrics;
    private readonly Dictionary<string, int> _variables = new(StringComparer.Ordinal);

    public RunProgram(LoadPlan plan)
    {
        Plan = plan;
        _metrics = [.. plan.Metrics.Select(m => (m.Key, m.Value))];
        Feeds = plan.Feeds;
        foreach (var name in plan.Variables.Keys) _variables[name] = _variables.Count;
        foreach (var request in plan.Scenarios.SelectMany(s => s.Flows).SelectMany(f => f.Steps).OfType<RequestStep>().SelectMany(s => s.Requests))
            foreach (var (variable, _) in request.Extracts)
                _variables.TryAdd(variable, _variables.Count);
        InitialValues = [.. plan.Variables.Select(v => (_variables[v.Key], Compile(v.Value, ValueFilter.Raw)))];
        Scenarios = [.. plan.Scenarios.Select(Compile)];
        Shape = new MeasuredShape([.. _kinds.Values.OrderBy(k => k.Index)], _checks, _metrics);
    }

    public LoadPlan Plan { get; }

    public IReadOnlyList<ScenarioProgram> Scenarios { get; }

    /// <summary>What the run measures.</summary>
    public MeasuredShape Shape { get; }

    public IReadOnlyList<Feed> Feeds { get; }

    /// <summary>How many variables a user has.</summary>
    public int Variables => _variables.Count;

    /// <summary>What they are before a user's first iteration.</summary>
    public IReadOnlyList<(int Slot, Segment[] Value)> InitialValues { get; }

    private ScenarioProgram Compile(Scenario scenario) => new(scenario, [.. scenario.Flows.Select(f => new FlowProgram(f.Weight, [.. f.Steps.Select(s => Compile(scenario, s))]))]);

    private StepProgram Compile(Scenario scenario, Step step) => step switch
    {
        ThinkStep think => new StepProgram([], LoadClock.Nanoseconds(think.Least), LoadClock.Nanoseconds(think.Most)),
        RequestStep requests => new StepProgram([.. requests.Requests.Select(r => Compile(scenario, r))], 0, 0),
        _ => throw new InvalidOperationException("unknown step"),
    };

    private RequestProgram Compile(Scenario scenario, RequestSpec request)
    {
        if (!_kinds.TryGetValue((scenario.Name, request.Name), out var kind))
            _kinds[(scenario.Name, request.Name)] = kind = new RequestKind(_kinds.Count, request.Name, scenario.Name, request.Method, RequestTags.Of(scenario, request));
        var checks = request.Checks.Select(c =>
        {
            int index = _checks.FindIndex(k => k.Kind == kind.Index && k.Name == c.Name);
            if (index < 0) (index, _) = (_checks.Count, Add(_checks, (kind.Index, c.Name)));
            return (index, c.Condition);
        }).ToArray();
        var records = request.Records.Select(r => (_metrics.FindIndex(m => m.Name == r.Metric), r)).ToArray();
        return new RequestProgram
        {
            Kind = kind.Index,
            Origin = Plan.Origins.ToList().IndexOf(request.Origin),
            Method = request.Method,
            Timeout = LoadClock.Nanoseconds(request.Timeout ?? Plan.Timeout),
            Checks = checks,
            Extracts = [.. request.Extracts.Select(e => (_variables[e.Variable], e.From))],
            Records = records,
            WantsBody = checks.Any(c => c.Condition.NeedsBody) || request.Extracts.Any(e => e.From.NeedsBody) || request.Records.Any(r => r.Holds?.NeedsBody == true || r.Value?.NeedsBody == true),
            WantsHead = Plan.Cookies || checks.Any(c => c.Condition.NeedsHead) || request.Extracts.Any(e => e.From.NeedsHead) || request.Records.Any(r => r.Holds?.NeedsHead == true || r.Value?.NeedsHead == true),
            CloseAfter = Plan.NoConnectionReuse,
            Line = [.. Segment.Literal(request.Method + " "), .. Compile(request.Path, ValueFilter.Url), .. Segment.Literal(" HTTP/1.1\r\n")],
            Headers = [.. Headers(request)],
            Body = request.Body is { } body ? Compile(body, request.BodyIsJson ? ValueFilter.Json : ValueFilter.Raw) : null,
        }.Finish();
    }

    private IEnumerable<Segment> Headers(RequestSpec request)
    {
        bool Has(string name) => request.Headers.Any(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase));
        string standard = (Has("Host") ? "" : $"Host: {request.Origin.Authority}\r\n") + (Has("User-Agent") ? "" : "User-Agent: headroom\r\n") + (Plan.NoConnectionReuse ? "Connection: close\r\n" : "");
        foreach (var segment in Segment.Literal(standard)) yield return segment;
        foreach (var (name, value) in request.Headers)
        {
            foreach (var segment in Segment.Literal(name + ": ")) yield return segment;
            foreach (var segment in Compile(value, ValueFilter.Raw)) yield return segment with { OneLine = true };
            foreach (var segment in Segment.Literal("\r\n")) yield return segment;
        }
    }

    private Segment[] Compile(Template template, ValueFilter byPlace) => [.. template.Parts.SelectMany(part => part switch
    {
        LiteralPart literal => Segment.Literal(literal.Text),
        TemplateExpression expression => [Segment.Of(expression, expression.Filter == ValueFilter.ByPlace ? byPlace : expression.Filter, _variables, Feeds)],
        _ => [],
    })];

    private static bool Add<T>(List<T> list, T item)
    {
        list.Add(item);
        return true;
    }
}

/// <summary>A scenario, ready to run.</summary>
internal sealed record ScenarioProgram(Scenario Scenario, FlowProgram[] Flows)
{
    private readonly double _weights = Flows.Sum(f => f.Weight);

    /// <summary>A flow drawn by weight.</summary>
    public FlowProgram Choose(Random random)
    {
        if (Flows.Length == 1) return Flows[0];
        double at = random.NextDouble() * _weights;
        foreach (var flow in Flows)
            if ((at -= flow.Weight) < 0)
                return flow;
        return Flows[^1];
    }
}

/// <summary>A flow's steps, ready to run.</summary>
internal sealed record FlowProgram(double Weight, StepProgram[] Steps);

/// <summary>Requests sent together; or, without any, a pause between two bounds in nanoseconds.</summary>
internal sealed record StepProgram(RequestProgram[] Requests, long ThinkLeast, long ThinkMost);
