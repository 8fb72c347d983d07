using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Server.Query;

namespace Headroom.Cli.Histories;

/// <summary>The options of commands that take histories: from CSV files, or from an expression over a range.</summary>
internal sealed class HistoryOptions
{
    private const int DefaultDays = 30;

    public readonly Argument<string?> Expression = new("EXPR") { Description = "A PromQL expression, evaluated over a range.", Arity = ArgumentArity.ZeroOrOne };
    public readonly Option<string[]> Csv = new("--csv") { Description = "CSV files, one history each; - is standard input.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
    public readonly Option<string?> Column = new("--column") { Description = "The values' column in CSV, by name or number from 1 [default: value, else the first column of numbers].", HelpName = "NAME" };
    public readonly Option<long?> Start;
    public readonly Option<long?> End;
    public readonly Option<long?> Step;

    public HistoryOptions()
    {
        Start = TimeExpression.Option("--start", "Start of the range of EXPR [default: 30 days before its end].", TimeProvider.System);
        End = TimeExpression.Option("--end", "End of the range of EXPR [default: now].", TimeProvider.System);
        Step = new Option<long?>("--step")
        {
            Description = "Distance between two points of EXPR: 5m, 1h, or seconds [default: 1h].",
            HelpName = "DURATION",
            CustomParser = static result =>
            {
                if (PrometheusTime.TryParseDuration(result.Tokens[0].Value, out long milliseconds) && milliseconds > 0) return milliseconds;
                result.AddError($"'{result.Tokens[0].Value}' is no step: write 5m, 1h or a number of seconds above 0");
                return null;
            },
        };
    }

    /// <summary>Adds the options to a command that takes either kind of history.</summary>
    public void AddTo(Command command)
    {
        command.Add(Expression);
        foreach (Option option in (ReadOnlySpan<Option>)[Csv, Column, Start, End, Step]) command.Add(option);
        command.Validators.Add(result =>
        {
            bool expression = result.GetResult(Expression) is { Tokens.Count: > 0 };
            if (expression == (result.GetResult(Csv) is not null)) result.AddError(expression ? "give either an expression or --csv, not both" : "an expression is missing (or --csv FILE)");
            if (expression && result.GetResult(Column) is not null) result.AddError("--column is for --csv");
            if (!expression && (result.GetResult(Start) ?? result.GetResult(End) ?? result.GetResult(Step)) is not null) result.AddError("--start, --end and --step are for an expression; a file is taken whole");
        });
    }

    /// <summary>The range of the expression, Unix milliseconds.</summary>
    public (long Start, long End, long Step) Range(ParseResult parse, TimeProvider time)
    {
        long end = parse.GetValue(End) ?? time.GetUtcNow().ToUnixTimeMilliseconds();
        return (parse.GetValue(Start) ?? end - (long)TimeSpan.FromDays(DefaultDays).TotalMilliseconds, end, parse.GetValue(Step) ?? (long)TimeSpan.FromHours(1).TotalMilliseconds);
    }
}
