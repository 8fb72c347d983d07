using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Tuning;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom resilience tune</c>: circuit-breaker options from recorded failures.</summary>
internal sealed class ResilienceTuneCommand : HeadroomSubcommand
{
    private readonly Option<string> _history = new("--history") { Description = "Recorded calls, CSV or JSON lines: time, outcome (ok, fail, slow or an HTTP status) and, if known, duration; - is standard input.", HelpName = "FILE", Required = true };
    private readonly Option<TimeSpan?> _last = DurationOption("--last", "Use only the calls of this long before the last one [default: all].");
    private readonly Option<TimeSpan?> _slow = DurationOption("--slow", "A call that takes this long is slow [default: as in --current, else 1m].");
    private readonly Option<string?> _current = new("--current") { Description = """The options in use, as JSON like the "recommended" of --output json [default: the package's defaults].""", HelpName = "FILE" };
    private readonly Option<int> _blocks = new("--blocks") { Description = "Parts of the history for cross-validation, 2 to 100.", HelpName = "N", DefaultValueFactory = _ => new TuningOptions().Blocks };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of where outages are planted.", HelpName = "N", DefaultValueFactory = _ => new TuningOptions().Seed };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ResilienceTuneCommand() : base("tune", "Tunes a circuit breaker from recorded failures: fewest false openings among the options that still see outages.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_history, _last, _slow, _current, _blocks, _seed, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom resilience tune --history calls.csv --last 24h", "Document 2's 24 hours of failures, against the default thresholds."),
        ("headroom resilience tune --history calls.jsonl --slow 2s --output json", "Calls of two seconds and more count as slow; for a pipeline."),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        string file = parse.GetValue(_history)!;
        var current = parse.GetValue(_current) is { } path ? ReadOptions(path) : new AdaptiveCircuitBreakerOptions();
        if (parse.GetValue(_slow) is { } slow) current = current with { SlowCallDuration = slow };
        var options = new TuningOptions { Blocks = parse.GetValue(_blocks), Seed = parse.GetValue(_seed) };
        Problem[] wrong =
        [
            .. options.Errors().Select(error => new Problem("tuning-option-invalid", error, "--blocks")),
            .. current.Errors().Select(error => new Problem("breaker-option-invalid", error, parse.GetValue(_current) is null ? "--slow" : "--current")),
        ];
        if (wrong.Length > 0) throw new ProblemException(wrong);

        var history = ReadHistory(file);
        if (parse.GetValue(_last) is { } last) history = history.Last(last);
        int needed = options.Blocks * CircuitBreakerTuner.MinimumCallsPerBlock;
        if (history.Calls.Count < needed)
        {
            context.Error.WriteLine($"no verdict: the history holds {history.Calls.Count} calls; tuning over {options.Blocks} blocks needs {needed}");
            return Task.FromResult(ExitCodes.NotValid);
        }

        using var progress = Progress.OnTerminal(context.Time);
        var report = CircuitBreakerTuner.Tune(history, current, options, new Shown(progress), context.Cancel);
        progress.Clear();
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(ResilienceTuneJson.Write(report, history));
        else ResilienceTuneTable.Write(context.Output, report, history);
        return Task.FromResult(ExitCodes.Done);
    }

    private static FailureHistory ReadHistory(string file)
    {
        HistoryReading reading;
        try
        {
            using var text = file == "-" ? Console.In : new StreamReader(file);
            reading = FailureHistoryReader.Read(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", $"Cannot read {file}: {error.Message}", "--history", "Give a CSV or JSON lines file, or - for standard input."), error);
        }

        if (reading.Errors.Count == 0) return reading.History;
        throw new ProblemException([.. reading.Errors.Select(error => new Problem("history-invalid", error.What, $"{file}:{error.Line}",
            "A line needs time, outcome and, if known, duration; see docs/resilience.md."))]);
    }

    private static AdaptiveCircuitBreakerOptions ReadOptions(string path)
    {
        try
        {
            return ResilienceTuneJson.ReadOptions(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", $"Cannot read {path}: {error.Message}", "--current"), error);
        }
        catch (Exception error) when (error is JsonException or OverflowException or ArgumentException)
        {
            throw new ProblemException(new Problem("breaker-options-invalid", $"{path} does not hold circuit-breaker options: {error.Message}", "--current", """Take the "recommended" object of headroom resilience tune --output json as the pattern."""), error);
        }
    }

    private static Option<TimeSpan?> DurationOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = static result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var duration, out string reason) && duration > TimeSpan.Zero) return duration;
            result.AddError($"'{result.Tokens[0].Value}' is no duration above zero: {(reason.Length > 0 ? reason : "write 30s, 5m or 24h")}");
            return null;
        },
    };

    private sealed class Shown(Progress progress) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value) => progress.Show($"played {value.Done} of {value.Of} candidates");
    }
}
