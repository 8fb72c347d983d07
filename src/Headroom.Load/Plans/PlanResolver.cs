using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Configuration.Yaml;
using Headroom.Load.Extraction;
using Headroom.Load.Plans.Yaml;
using Headroom.Load.Templates;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Plans;

/// <summary>
/// Makes a plan of what the file says: resolves URLs, flows, feeds and names, and reports at its place whatever does not fit
/// together.
/// </summary>
internal sealed class PlanResolver(RawPlan raw, string file, string directory, PlanOverrides overrides, List<Problem> problems)
{
    private static readonly string[] BuiltInNames = ["vu", "iteration", "scenario"];

    private readonly Dictionary<string, Feed> _feeds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private readonly List<Origin> _origins = [];
    private Uri? _target;

    /// <summary>The plan; meaningless when problems were added.</summary>
    public LoadPlan Resolve()
    {
        _target = overrides.Target;
        if (_target is null && raw.Target is { } target && !UrlPlan.TryUrl(target.Value, out _target))
            Report(target.Mark, "load-url", "The target is no http or https URL.", "Write it like https://example.com.");
        foreach (var (entry, mark) in raw.Data) ReadFeed(entry.Name, entry.Feed, mark);
        foreach (var ((name, _), mark) in raw.Variables) AddVariable(name, mark);
        foreach (var request in AllRequests())
            foreach (var ((variable, _), mark) in request.Extracts) AddVariable(variable, mark, taken: true);
        foreach (var ((_, value), mark) in raw.Variables) CheckTemplate(value, mark);

        var flows = new Dictionary<string, IReadOnlyList<Step>>(StringComparer.Ordinal);
        foreach (var (name, steps) in raw.Flows) flows[name.Value] = [.. steps.Select(ResolveStep)];
        var scenarios = raw.Scenarios.Select(s => ResolveScenario(s.Name.Value, s.Scenario, flows)).ToList();
        CheckStartAfter();
        double longest = scenarios.Count == 0 ? 0 : scenarios.Max(s => (s.StartTime + s.Shape.Length).TotalSeconds);
        if (raw.WarmUp.TotalSeconds >= longest && longest > 0) Report(raw.WarmUpMark, "load-plan-value", "The warm-up is as long as the whole run.", "Shorten it, or run longer.");
        return new LoadPlan
        {
            Name = raw.Name ?? Path.GetFileNameWithoutExtension(file),
            Target = _target,
            Scenarios = scenarios,
            Thresholds = ResolveThresholds(scenarios),
            WarmUp = raw.WarmUp,
            Timeout = raw.Timeout,
            MaxRedirects = raw.MaxRedirects,
            InsecureSkipTlsVerify = raw.InsecureSkipTlsVerify,
            NoConnectionReuse = raw.NoConnectionReuse,
            Http2 = raw.Http2,
            Cookies = raw.Cookies,
            Seed = raw.Seed,
            Variables = raw.Variables.ToDictionary(v => v.Value.Name, v => v.Value.Value, StringComparer.Ordinal),
            Feeds = [.. _feeds.Values],
            Metrics = raw.Metrics,
            Origins = _origins,
        };
    }

    private IEnumerable<RawRequest> AllRequests() => raw.Flows.SelectMany(f => f.Steps)
        .Concat(raw.Scenarios.SelectMany(s => s.Scenario.Steps ?? [])).SelectMany(s => s.Requests);

    private Scenario ResolveScenario(string name, RawScenario scenario, Dictionary<string, IReadOnlyList<Step>> flows)
    {
        var weighted = new List<WeightedFlow>();
        if (scenario.Steps is { } steps) weighted.Add(new WeightedFlow(name, 1, [.. steps.Select(ResolveStep)]));
        foreach (var (flow, weight) in scenario.Exec)
        {
            if (flows.TryGetValue(flow.Value, out var found)) weighted.Add(new WeightedFlow(flow.Value, weight, found));
            else Report(flow.Mark, "load-flow-unknown", $"There is no flow '{flow.Value}'.", DidYouMean(flow.Value, flows.Keys, "Add it under 'flows:'."));
        }
        return new Scenario
        {
            Name = name,
            Shape = overrides.Apply(scenario.Shape),
            StartTime = scenario.StartTime,
            StartAfter = scenario.StartAfter?.Value,
            GracefulStop = scenario.GracefulStop,
            Flows = weighted,
            Tags = Merge(raw.Tags, scenario.Tags),
        };
    }

    private Step ResolveStep(RawStep step) => step.Think is { } think ? think : new RequestStep([.. step.Requests.Select(ResolveRequest)]);

    private RequestSpec ResolveRequest(RawRequest request)
    {
        var (origin, path) = ResolveUrl(request.Url);
        CheckTemplate(request.Url.Value, request.Url.Mark);
        if (request.Body is { } body) CheckTemplate(body.Value, body.Mark);
        var headers = raw.Headers.Where(h => !request.Headers.Any(own => Same(own.Name, h.Name))).Concat(request.Headers).ToList();
        foreach (var (_, value) in headers) CheckTemplate(value, request.Url.Mark);
        if (raw.Bearer is { } token && !headers.Any(h => Same(h.Name, "Authorization"))) headers.Add(("Authorization", Template.Literal("Bearer " + token.Value)));
        if (raw.Basic is { } basic && !headers.Any(h => Same(h.Name, "Authorization")))
            headers.Add(("Authorization", Template.Literal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.User}:{basic.Password}")))));
        if (request.BodyIsJson && !headers.Any(h => Same(h.Name, "Content-Type"))) headers.Add(("Content-Type", Template.Literal("application/json")));
        return new RequestSpec
        {
            Name = request.Name ?? $"{request.Method} {request.Url.Written}",
            Method = request.Method,
            Origin = origin,
            Path = path,
            Headers = headers,
            Body = request.Body?.Value,
            BodyIsJson = request.BodyIsJson,
            Timeout = request.Timeout,
            Tags = request.Tags,
            Checks = request.Checks,
            Extracts = [.. request.Extracts.Select(e => e.Value)],
            Records = [.. request.Records.Select(ResolveRecord).OfType<MetricRecord>()],
        };
    }

    /// <summary>Splits a URL into its host, which must be known now, and the rest, which may hold <c>{{ }}</c>.</summary>
    private (Origin Origin, Template Path) ResolveUrl(Placed<Template> url)
    {
        string text = url.Value.Text;
        Uri? at = _target;
        string path = text;
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            int slash = text.AsSpan(text.IndexOf("//", StringComparison.Ordinal) + 2).IndexOfAny('/', '?');
            int split = slash < 0 ? text.Length : text.IndexOf("//", StringComparison.Ordinal) + 2 + slash;
            string host = text[..split];
            path = split == text.Length ? "/" : text[split] == '?' ? "/" + text[split..] : text[split..];
            if (host.Contains("{{", StringComparison.Ordinal)) Report(url.Mark, "load-url", "The host of a URL must be known before the run; it cannot hold {{ }}.", "Write the host out, or take it from ${NAME}.");
            else if (!UrlPlan.TryUrl(host, out at)) Report(url.Mark, "load-url", "This is no http or https URL.", "Write it like https://example.com/path.");
        }
        else if (text.Length == 0 || text[0] != '/')
        {
            Report(url.Mark, "load-url", "A URL starts with http://, https://, or with / from the plan's target.", null);
            return (new Origin(false, "", 0), Template.Literal("/"));
        }
        else if (_target is null)
        {
            Report(url.Mark, "load-url", "The URL is relative and the plan has no target.", "Give the plan 'target:', set TARGET_URL, or write the whole URL.");
        }
        else if (_target.AbsolutePath != "/")
        {
            path = _target.AbsolutePath.TrimEnd('/') + text;
        }
        int fragment = path.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0) path = path[..fragment];
        if (!Template.TryParse(EscapeNonAscii(path), out var template, out _)) template = Template.Literal("/");
        if (template.Parts.OfType<LiteralPart>().Any(p => p.Text.Any(c => c <= ' ' || c == '\x7f')))
            Report(url.Mark, "load-url", "A URL holds no spaces or control characters.", "Write %20 for a space.");
        if (at is null) return (new Origin(false, "", 0), Template.Literal("/"));
        var origin = Origin.Of(at);
        if (!_origins.Contains(origin)) _origins.Add(origin);
        return (origin, template);
    }

    private MetricRecord? ResolveRecord(Placed<(string Metric, string Text)> record)
    {
        var ((metric, text), mark) = record;
        if (!raw.Metrics.TryGetValue(metric, out var kind))
        {
            Report(mark, "load-metric-unknown", $"The plan defines no metric '{metric}'.", DidYouMean(metric, raw.Metrics.Keys, $"Add '{metric}: counter' under 'metrics:'."));
            return null;
        }
        string reason;
        if (kind == CustomMetricKind.Rate)
        {
            if (Condition.TryParse(text, out var condition, out reason)) return new MetricRecord(metric, condition, null, 0);
            Report(mark, "load-metric-value", $"A rate records a condition: {reason}.", "Write it like 'status != 200'.");
            return null;
        }
        if (NumberText.TryParse(text, out double number)) return new MetricRecord(metric, null, null, number);
        if (ValueSource.TryParse(text, out var source, out reason)) return new MetricRecord(metric, null, source, 0);
        Report(mark, "load-metric-value", $"A {(kind == CustomMetricKind.Counter ? "counter" : "trend")} records a number or a value of the answer: {reason}.", null);
        return null;
    }

    private List<Threshold> ResolveThresholds(List<Scenario> scenarios)
    {
        var resolved = new List<Threshold>();
        foreach (var (selector, list) in raw.Thresholds)
        {
            if (!ThresholdShape.TryParseSelector(selector.Value, out string metric, out var tags, out string reason))
            {
                Report(selector.Mark, "load-threshold", $"The metric's tags cannot be read: {reason}.", "Write it like http_req_duration{name:search}.");
                continue;
            }
            foreach (var (threshold, mark) in list)
                if (ThresholdCheck.Find(metric, tags, threshold.Expression, raw.Metrics, scenarios) is { } problem)
                    problems.Add(problem with { Where = (problem.Code == "load-threshold-expression" ? mark : selector.Mark).ToString() });
                else
                    resolved.Add(threshold with { Metric = metric, Tags = tags });
        }
        return resolved;
    }

    private void CheckStartAfter()
    {
        foreach (var (name, scenario) in raw.Scenarios)
        {
            if (scenario.StartAfter is not { } after) continue;
            var at = after.Value;
            for (int i = 0; i <= raw.Scenarios.Count; i++)
            {
                var next = raw.Scenarios.FirstOrDefault(s => s.Name.Value == at);
                if (next.Scenario is null)
                {
                    if (i == 0) Report(after.Mark, "load-scenario-unknown", $"There is no scenario '{at}'.", DidYouMean(at, raw.Scenarios.Select(s => s.Name.Value), null));
                    break;
                }
                if (at == name.Value)
                {
                    Report(after.Mark, "load-scenario-cycle", $"The scenario '{name.Value}' waits for itself.", "Remove a startAfter.");
                    break;
                }
                if (next.Scenario.StartAfter is not { } further) break;
                at = further.Value;
            }
        }
    }

    private void ReadFeed(string name, RawFeed feed, SourceMark mark)
    {
        var source = (feed.Csv ?? feed.Json)!.Value;
        if (!ExpressionParser.IsName(name) || name.Contains('.', StringComparison.Ordinal)) Report(mark, "load-feed", $"'{name}' is no name for data.", "Use letters, digits and _.");
        string path = Path.Combine(directory, source.Value);
        string reason;
        Feed? read;
        try
        {
            if (new FileInfo(path).Length > Feed.MaximumBytes)
            {
                Report(source.Mark, "load-feed", $"The file is larger than {Feed.MaximumBytes >> 20} MiB.", "Split it.");
                return;
            }
            read = feed.Csv is not null ? Feed.FromCsv(name, feed.Order, File.ReadAllText(path), out reason) : Feed.FromJson(name, feed.Order, File.ReadAllBytes(path), out reason);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Report(source.Mark, "load-feed", $"The file cannot be read: {error.Message}", "The path is relative to the plan.");
            return;
        }
        if (read is null) Report(source.Mark, "load-feed", $"{source.Value} cannot be used: {reason}.", null);
        else _feeds[name] = read;
    }

    private void AddVariable(string name, SourceMark mark, bool taken = false)
    {
        if (!ExpressionParser.IsName(name) || name.Contains('.', StringComparison.Ordinal)) Report(mark, "load-variable", $"'{name}' is no name for a variable.", "Use letters, digits and _.");
        else if (_feeds.ContainsKey(name) || BuiltInNames.Contains(name)) Report(mark, "load-variable", $"The name '{name}' is taken.", "Choose another.");
        else if (!_variables.Add(name) && !taken) Report(mark, "load-variable", $"The variable '{name}' is given twice.", "Remove one.");
    }

    private void CheckTemplate(Template template, SourceMark mark)
    {
        foreach (var expression in template.Expressions)
        {
            if (expression.Arguments is not null || _variables.Contains(expression.Name) || BuiltInNames.Contains(expression.Name)) continue;
            int dot = expression.Name.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && _feeds.TryGetValue(expression.Name[..dot], out var feed))
            {
                string column = expression.Name[(dot + 1)..];
                if (!feed.Columns.Contains(column)) Report(mark, "load-template", $"The data '{feed.Name}' has no column '{column}'.", $"It has {string.Join(", ", feed.Columns)}.");
                continue;
            }
            if (dot > 0 && raw.Data.Any(d => d.Value.Name == expression.Name[..dot])) continue;
            Report(mark, "load-template", $"Nothing defines '{expression.Name}'.",
                DidYouMean(expression.Name, _variables.Concat(BuiltInNames).Concat(_feeds.Values.SelectMany(f => f.Columns.Select(c => $"{f.Name}.{c}"))), "Define it under 'variables:' or 'data:', or extract it from an answer."));
        }
    }

    private void Report(SourceMark mark, string code, string what, string? fix) => problems.Add(new Problem(code, what, mark.ToString(), fix));

    private static string? DidYouMean(string name, IEnumerable<string> known, string? otherwise) => NearestName.Of(name, known) is { } near ? $"Did you mean '{near}'?" : otherwise;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> outer, IReadOnlyDictionary<string, string> inner)
    {
        var merged = new Dictionary<string, string>(outer, StringComparer.Ordinal);
        foreach (var (key, value) in inner) merged[key] = value;
        return merged;
    }

    private static string EscapeNonAscii(string path)
    {
        if (System.Text.Ascii.IsValid(path)) return path;
        var text = new StringBuilder();
        foreach (var rune in path.EnumerateRunes()) text.Append(rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        return text.ToString();
    }
}
