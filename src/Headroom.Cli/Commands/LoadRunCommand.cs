using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Load;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Load.Engine;
using Headroom.Load.Executors;
using Headroom.Load.Plans;
using Headroom.Load.Results;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom load run</c>: runs a plan, or a URL, and judges what came of it.</summary>
internal sealed class LoadRunCommand : HeadroomSubcommand
{
    private readonly Argument<string> _plan = new("plan") { Description = "A plan's file, or a URL.", HelpName = "PLAN|URL" };
    private readonly Option<int?> _connections = new("--connections", "-c", "--vus") { Description = "Users, each with connections of its own [default of a URL: 10].", HelpName = "N", CustomParser = Count };
    private readonly Option<TimeSpan?> _duration = new("--duration", "-d") { Description = "How long [default of a URL: 10s].", HelpName = "DURATION", CustomParser = Duration };
    private readonly Option<int?> _requests = new("--requests", "-n") { Description = "With a URL: this many requests, as fast as the users can.", HelpName = "N", CustomParser = Count };
    private readonly Option<double?> _rate = new("--rate", "-R") { Description = "With a URL: requests a second, whatever becomes of them.", HelpName = "N", CustomParser = Rate };
    private readonly Option<string?> _profile = new("--profile") { Description = $"With a URL: {string.Join("; ", Profiles.All.Select(p => $"{p.Name}: {p.Meaning}"))}", HelpName = string.Join('|', Profiles.All.Select(p => p.Name)) };
    private readonly Option<string?> _target = new("--target") { Description = "Where the plan's relative URLs start.", HelpName = "URL" };
    private readonly Option<bool> _poisson = new("--poisson") { Description = "With --rate: arrivals as those of many independent users, not at equal distances." };
    private readonly Option<string?> _method = new("--method", "-m") { Description = "With a URL: the method [default: GET, with --body POST].", HelpName = "METHOD" };
    private readonly Option<string[]> _headers = new("--header", "-H") { Description = "With a URL: a header, 'Name: value'. Repeatable.", HelpName = "HEADER", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _body = new("--body") { Description = "With a URL: the body; @FILE reads it from a file.", HelpName = "TEXT" };
    private readonly Option<TimeSpan?> _timeout = new("--timeout") { Description = "With a URL: how long a request may take [default: 30s].", HelpName = "DURATION", CustomParser = Duration };
    private readonly Option<bool> _http2 = new("--http2") { Description = "With a URL: HTTP/2." };
    private readonly Option<bool> _insecure = new("--insecure", "-k") { Description = "With a URL: accept any certificate." };
    private readonly Option<int?> _threads = new("--threads", "-t") { Description = "Threads that send [default: half the cores].", HelpName = "N", CustomParser = Count };
    private readonly Option<string> _transport = new("--transport") { Description = "auto, or managed: the platform's HTTP client.", HelpName = "auto|managed", DefaultValueFactory = _ => "auto" };
    private readonly Option<string?> _out = File("--out", "Write the result as JSON; - is standard output.");
    private readonly Option<string?> _csv = File("--csv", "Write the run's course as CSV, a row a second.");
    private readonly Option<string?> _junit = File("--junit", "Write thresholds and checks as JUnit XML.");
    private readonly Option<string?> _html = File("--html", "Write a report as one self-contained HTML file.");
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public LoadRunCommand() : base("run", "Sends load and judges the answers. Exit 99: a threshold was broken; 98: the generator could not carry the run.")
    {
        Add(_plan);
        _transport.AcceptOnlyFromAmong("auto", "managed");
        _profile.AcceptOnlyFromAmong([.. Profiles.All.Select(p => p.Name)]);
        foreach (Option option in (ReadOnlySpan<Option>)[_connections, _duration, _requests, _rate, _profile, _target, _poisson, _method, _headers, _body, _timeout, _http2, _insecure, _threads, _transport, _out, _csv, _junit, _html, _output])
            Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom load run http://127.0.0.1:5080/health -c 64 -d 30s", "64 users, as fast as the answers come."),
        ("headroom load run http://127.0.0.1:5080/health -R 5000 -d 30s --out result.json", "5,000 requests/s at a constant rate; the result as JSON."),
        ("headroom load run examples/load/mixed.yaml --target http://127.0.0.1:5080 --html report.html", "A plan with thresholds, and a report."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var plan = ReadPlan(context.Parse);
        var options = new LoadRunOptions { Threads = context.Parse.GetValue(_threads), ManagedTransport = context.Parse.GetValue(_transport) == "managed" };
        var files = new LoadOutputs.Files(context.Parse.GetValue(_out), context.Parse.GetValue(_csv), context.Parse.GetValue(_junit), context.Parse.GetValue(_html));
        LoadOutputs.Check(files);
        LoadResult result;
        using (var progress = Progress.OnTerminal(context.Time))
        {
            context.Error.WriteLine($"{plan.Name}: {string.Join("; ", plan.Scenarios.Select(s => s.Shape.Describe()))}");
            result = await new LoadRun(plan, options, context.Time).RunAsync(p => progress.Show(LoadText.Line(p)), context.Cancel);
        }
        await LoadOutputs.WriteAsync(result, files, context);
        bool json = context.Parse.GetValue(_output) == "json";
        if (json) context.Output.WriteLine(ResultJson.Write(result));
        // Standard output is one document, whichever was asked for.
        else LoadText.Write(context.Parse.GetValue(_out) == "-" ? context.Error : context.Output, result);
        return LoadText.ExitCode(result);
    }

    private LoadPlan ReadPlan(ParseResult parse)
    {
        string named = parse.GetValue(_plan)!;
        Uri? target = null;
        if (parse.GetValue(_target) is { } text && !UrlPlan.TryUrl(text, out target))
            throw new ProblemException(new Problem("load-url", $"'{text}' is no http or https URL.", "--target", "Write it like https://example.com."));
        var overrides = PlanOverrides.Read(Environment.GetEnvironmentVariable, new PlanOverrides { Vus = parse.GetValue(_connections), Duration = parse.GetValue(_duration), Target = target });
        bool isUrl = named.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || named.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isUrl)
        {
            foreach (Option option in (ReadOnlySpan<Option>)[_requests, _rate, _profile, _poisson, _method, _headers, _body, _timeout, _http2, _insecure])
                if (parse.GetResult(option) is { Implicit: false })
                    throw new ProblemException(new Problem("load-option", $"{option.Name} is for a URL; a plan says this itself.", option.Name, "Put it into the plan."));
            return PlanFile.Read(named, Environment.GetEnvironmentVariable, overrides);
        }
        if (!UrlPlan.TryUrl(named, out var url)) throw new ProblemException(new Problem("load-url", $"'{named}' is no http or https URL.", "PLAN|URL", "Write it like http://127.0.0.1:5080/health; credentials go into a header."));
        if (target is not null) url = new Uri(target, url.PathAndQuery);
        var request = RequestOptions(parse);
        if (parse.GetValue(_profile) is { } profile)
        {
            if (parse.GetValue(_rate) is not null || parse.GetValue(_requests) is not null)
                throw new ProblemException(new Problem("load-option", "A profile has its own load; -c and -d scale it.", "--profile", "Leave out -R and -n."));
            return Profiles.Create(profile, url, request, overrides)!;
        }
        var duration = overrides.Duration ?? TimeSpan.FromSeconds(10);
        int users = overrides.Vus ?? 10;
        LoadShape shape = (parse.GetValue(_rate), parse.GetValue(_requests)) switch
        {
            (not null, not null) => throw new ProblemException(new Problem("load-option", "A rate and a number of requests contradict each other.", "-R and -n", "Give a rate and a duration.")),
            ({ } rate, null) => new ConstantArrivalRate(rate, duration) { MaxVusGiven = overrides.Vus, Arrival = parse.GetValue(_poisson) ? ArrivalPattern.Poisson : ArrivalPattern.Even },
            (null, { } requests) => new SharedIterations(users, requests, overrides.Duration ?? TimeSpan.FromHours(1)),
            _ => new ConstantVus(users, duration),
        };
        return UrlPlan.Create(url, shape, request);
    }

    private UrlPlanOptions RequestOptions(ParseResult parse)
    {
        string? body = parse.GetValue(_body);
        if (body is ['@', ..]) body = System.IO.File.ReadAllText(body[1..]);
        var headers = new List<(string, string)>();
        foreach (string header in parse.GetValue(_headers)!)
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? "" : header[..colon].Trim(), value = header[(colon + 1)..].Trim();
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) || value.Any(char.IsControl))
                throw new ProblemException(new Problem("load-header", $"'{header}' is no header.", "--header", "Write it like 'Accept: application/json'."));
            if (name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "connection")
                throw new ProblemException(new Problem("load-header", $"The header {name} is written by Headroom itself.", "--header", "Remove it."));
            headers.Add((name, value));
        }
        string method = (parse.GetValue(_method) ?? (body is null ? "GET" : "POST")).ToUpperInvariant();
        if (method.Length > 20 || method.Any(c => !char.IsAsciiLetter(c))) throw new ProblemException(new Problem("load-option", $"'{method}' is no HTTP method.", "--method", "Write GET, POST or another."));
        return new UrlPlanOptions
        {
            Method = method,
            Headers = headers,
            Body = body,
            Timeout = parse.GetValue(_timeout) ?? TimeSpan.FromSeconds(30),
            Http2 = parse.GetValue(_http2),
            InsecureSkipTlsVerify = parse.GetValue(_insecure),
        };
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static int? Count(ArgumentResult result)
    {
        if (TryNumber(result.Tokens[0].Value, out double value) && value is >= 1 and <= 2e9 && value == Math.Floor(value)) return (int)value;
        result.AddError($"'{result.Tokens[0].Value}' is no number of at least 1: write 500, 10k or 1m");
        return null;
    }

    private static double? Rate(ArgumentResult result)
    {
        if (TryNumber(result.Tokens[0].Value, out double value) && value is > 0 and <= 1e9) return value;
        result.AddError($"'{result.Tokens[0].Value}' is no rate above zero: write 500, 0.5 or 10k");
        return null;
    }

    private static TimeSpan? Duration(ArgumentResult result)
    {
        if (PlanOverrides.TryDuration(result.Tokens[0].Value, out var duration)) return duration;
        result.AddError($"'{result.Tokens[0].Value}' is no duration above zero: write 30s, 5m, or seconds");
        return null;
    }

    private static bool TryNumber(string text, out double value)
    {
        double factor = text.Length > 1 ? char.ToLowerInvariant(text[^1]) switch { 'k' => 1e3, 'm' => 1e6, _ => 1 } : 1;
        bool read = double.TryParse(factor == 1 ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
        value *= factor;
        return read;
    }
}
