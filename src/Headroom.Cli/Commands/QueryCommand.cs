using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Queries;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;
using Headroom.Reports.Terminal;
using Headroom.Server.Query;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom query</c>: PromQL over the stored measurements, or over files without storing them.</summary>
internal sealed class QueryCommand : HeadroomSubcommand
{
    private const int DefaultPoints = 250;

    private readonly Argument<string?> _expression = new("EXPR") { Description = "A PromQL expression.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<long?> _at;
    private readonly Option<long?> _start;
    private readonly Option<long?> _end;
    private readonly Option<long?> _step;
    private readonly Option<string[]> _input = new("--input") { Description = "Query these Prometheus or OpenMetrics text files in memory; no data directory is touched.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _batch = new("--batch") { Description = """Evaluate one JSON object a line from a file (- is standard input): {"query","time"} or {"query","start","end","step"}.""", HelpName = "FILE" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json", "chart");

    public QueryCommand() : base("query", "Evaluates a PromQL expression, at an instant or over a range.")
    {
        _at = TimeExpression.Option("--at", "The instant: now-1h, 2026-01-31T12:00:00Z, Unix seconds [default: now; with --input the newest sample].", TimeProvider.System);
        _start = TimeExpression.Option("--start", "Start of a range.", TimeProvider.System);
        _end = TimeExpression.Option("--end", "End of the range [default: now; with --input the newest sample].", TimeProvider.System);
        _step = new Option<long?>("--step")
        {
            Description = "Distance between two points of the range: 30s, 5m, or seconds [default: 250 points].",
            HelpName = "DURATION",
            CustomParser = static result =>
            {
                if (PrometheusTime.TryParseDuration(result.Tokens[0].Value, out long milliseconds) && milliseconds > 0) return milliseconds;
                result.AddError($"'{result.Tokens[0].Value}' is no step: write 30s, 5m or a number of seconds above 0");
                return null;
            },
        };
        Add(_expression);
        foreach (Option option in (ReadOnlySpan<Option>)[_at, _start, _end, _step, _input, _batch, _output]) Add(option);
        Validators.Add(result =>
        {
            bool expression = result.GetResult(_expression) is { Tokens.Count: > 0 };
            bool range = result.GetResult(_start) is not null || result.GetResult(_end) is not null || result.GetResult(_step) is not null;
            if (expression == (result.GetResult(_batch) is not null)) result.AddError(expression ? "give either an expression or --batch, not both" : "an expression is missing (or --batch FILE)");
            if (range && result.GetResult(_at) is not null) result.AddError("--at is one instant; leave out --start, --end and --step, or leave out --at");
            if (range && result.GetResult(_start) is null) result.AddError("a range needs --start");
        });
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom query 'avg by (service) (cpu)'", "The value now."),
        ("headroom query 'rate(http_requests_total[5m])' --start now-6h --step 5m --output chart", "Six hours as a chart."),
        ("headroom query 'sum(up)' --input metrics.prom --output json", "Ask a file, as the Prometheus API would answer."),
        ("""echo '{"query":"up","time":1700000000}' | headroom query --batch -""", "Many queries in one run."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var source = parse.GetValue(_input) is { Length: > 0 } files
            ? await FileExpressions.OpenAsync(files, context.Time, context.Error, context.Cancel)
            : (IExpressionSource)new ApiExpressions(context.Connect(), context.Time);
        if (parse.GetValue(_batch) is { } batch)
        {
            using var lines = batch == "-" ? Console.In : OpenText(batch);
            await using var stdout = Console.OpenStandardOutput();
            await QueryBatch.RunAsync(source, lines, stdout, context.Cancel);
            return ExitCodes.Done;
        }
        var answer = await EvaluateAsync(source, context);
        await PrintAsync(answer, context);
        return ExitCodes.Done;
    }

    private async ValueTask<Answer> EvaluateAsync(IExpressionSource source, CommandContext context)
    {
        string expression = context.Parse.GetValue(_expression)!;
        if (context.Parse.GetValue(_start) is not { } start) return await source.InstantAsync(expression, context.Parse.GetValue(_at) ?? source.DefaultTime, context.Cancel);
        long end = context.Parse.GetValue(_end) ?? source.DefaultTime;
        if (end < start) throw new ProblemException(new Problem("range-reversed", "The range ends before it starts.", "--end", "Give an --end after --start."));
        long step = context.Parse.GetValue(_step) ?? Math.Max(1000, (end - start) / DefaultPoints / 1000 * 1000);
        return await source.RangeAsync(expression, start, end, step, context.Cancel);
    }

    private async Task PrintAsync(Answer answer, CommandContext context)
    {
        string format = context.Parse.GetValue(_output)!;
        if (format == "json")
        {
            foreach (string warning in answer.Warnings) context.Error.WriteLine("warning: " + warning);
            foreach (string info in answer.Infos) context.Error.WriteLine("info: " + info);
            await using var stdout = Console.OpenStandardOutput();
            await stdout.WriteAsync(answer.Data, context.Cancel);
            await stdout.WriteAsync("\n"u8.ToArray(), context.Cancel);
            return;
        }
        using var document = System.Text.Json.JsonDocument.Parse(answer.Data);
        var value = PrometheusData.Read(document.RootElement);
        var console = TerminalConsole.ForStandardOutput();
        if (format == "chart" && value is MatrixValue { Series.Count: > 0 } matrix) TerminalChart.Write(console, matrix, Edge(matrix, first: true), Edge(matrix, first: false));
        else QueryTable.Write(console, new QueryResult(value, answer.Warnings, answer.Infos));
    }

    private static DateTimeOffset Edge(MatrixValue matrix, bool first)
    {
        var times = matrix.Series.Where(s => s.Points.Count > 0).Select(s => first ? s.Points[0].Time : s.Points[^1].Time);
        return DateTimeOffset.FromUnixTimeMilliseconds(first ? times.Min() : times.Max());
    }

    private static StreamReader OpenText(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", $"Cannot read {path}: {error.Message}", "--batch", "Give a file of JSON lines, or - for standard input."), error);
        }
    }
}
