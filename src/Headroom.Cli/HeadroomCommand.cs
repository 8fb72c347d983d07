using System.CommandLine;
using System.CommandLine.Help;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Commands;
using Headroom.Cli.Output;
using Headroom.Cli.Processes;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli;

/// <summary>The program: all its commands, and the one place where what happens becomes an exit code.</summary>
internal sealed class HeadroomCommand : RootCommand, IHasExamples
{
    public HeadroomCommand() : base("Measures a system, judges it against its targets, and shows what got worse.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[CommonOptions.Data, CommonOptions.Config, CommonOptions.Server, CommonOptions.Verbose]) Add(option);
        foreach (Command command in (ReadOnlySpan<Command>)
        [
            new DemoCommand(),
            new ServeCommand(),
            new DoctorCommand(),
            new TopCommand(),
            new StatusCommand(),
            new SloCommand(),
            new CommandGroup("alarm", "Alarms: their states, their history, and unit tests for them.", new AlarmListCommand(), new AlarmHistoryCommand(), new AlarmTestCommand()),
            new CommandGroup("silence", "Times in which the actions of alarms are kept back.", new SilenceAddCommand(), new SilenceListCommand(), new SilenceRemoveCommand()),
            new QueryCommand(),
            new ForecastCommand(),
            new AnomaliesCommand(),
            new CommandGroup("import", "Stores samples from files.", new ImportCsvCommand(), new ImportOpenMetricsCommand(), new ImportEmfCommand()),
            new CommandGroup("export", "Writes stored samples as text.",
                new ExportCommand("openmetrics", "Writes OpenMetrics text."), new ExportCommand("csv", "Writes CSV, a row a sample.")),
            new CommandGroup("data", "What the data directory holds, and what keeps it in order.", new DataInfoCommand(), new DataVerifyCommand(), new DataCompactCommand(),
                new DataBackupCommand(), new DataRestoreCommand(), new DataDeleteCommand()),
            new CommandGroup("report", "Reports over a stretch of time.", new ReportDailyCommand()),
            new CommandGroup("load", "Load tests: honest latency, thresholds, a verdict.", new LoadRunCommand(), new LoadReportCommand(), new LoadSchemaCommand()),
            new CommandGroup("resilience", "Circuit breakers from recorded failures.", new ResilienceTuneCommand()),
            new CommandGroup("run", "Durable runs of your own steps.", new RunStartCommand(), new RunListCommand(), new RunShowCommand(), new RunEventsCommand(),
                new RunResumeCommand(), new RunStopCommand(), new RunRollbackCommand()),
            new RegressCommand(),
            new BottlenecksCommand(),
            new UsageCommand(),
            new CommandGroup("deployment", "What was deployed, and when.", new DeploymentRecordCommand(), new DeploymentListCommand()),
            new CommandGroup("experiment", "A/B tests that may be looked at any time.", new ExperimentDefineCommand(), new ExperimentListCommand(), new ExperimentAssignCommand(),
                new ExperimentRecordCommand(), new ExperimentAnalyzeCommand()),
            new CommandGroup("key", "API keys, for a server that others reach over the network.", new KeyCreateCommand(), new KeyListCommand(), new KeyRevokeCommand()),
            new CommandGroup("config", "Checks and describes headroom.yaml.", new ConfigCheckCommand(), new ConfigSchemaCommand()),
        ]) Add(command);
        foreach (var option in Options)
            if (option is HelpOption { Action: HelpAction standard })
                option.Action = new HelpWithExamples(standard);
    }

    public IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom demo", "Measure, judge and report a small shop, in about a minute."),
        ("headroom import csv cpu.csv && headroom query 'avg_over_time(cpu[1d])'", "Store a file and ask about it."),
        ("headroom status --fail-on missed", "Judge the KPIs of ./headroom.yaml; exit 99 when one is missed."),
    ];

    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var interruption = new Interruption(TimeProvider.System, code =>
        {
            ChildProcess.KillAll();
            Environment.Exit(code);
        });
        var parse = new HeadroomCommand().Parse(args);
        if (parse.Action is { ClearsParseErrors: true }) return await parse.InvokeAsync(cancellationToken: interruption.Token);
        if (parse.Errors.Count > 0)
        {
            ProblemWriter.Write(Console.Error, UsageErrors.Describe(parse));
            return ExitCodes.Usage;
        }
        var context = new CommandContext(parse, interruption, TimeProvider.System);
        return parse.CommandResult.Command is HeadroomSubcommand command
            ? await RunAsync(command, context, interruption)
            : await parse.InvokeAsync(cancellationToken: interruption.Token);
    }

    private static async Task<int> RunAsync(HeadroomSubcommand command, CommandContext context, Interruption interruption)
    {
        try
        {
            return await command.RunAsync(context);
        }
        catch (Exception error) when (interruption.Signal is not null)
        {
            context.Error.WriteLine("interrupted");
            if (context.Verbose) context.Error.WriteLine(error);
            return ExitCodes.Interrupted;
        }
        catch (Exception error)
        {
            var problems = Describe(error);
            ProblemWriter.Write(context.Error, problems);
            if (context.Verbose) context.Error.WriteLine(error);
            return ProblemWriter.ExitCodeOf(problems);
        }
    }

    private static IReadOnlyList<Problem> Describe(Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException)
            if (at is ProblemException { Problems: var problems })
                return problems;
        return error switch
        {
            HttpRequestException http => [new Problem("server-unreachable", $"The server cannot be reached: {http.Message}", "--server", "Check that it runs, and its address.") { Kind = ProblemKind.Failed }],
            IOException or UnauthorizedAccessException => [new Problem("io-error", error.Message) { Kind = ProblemKind.Failed }],
            _ => [new Problem("unexpected", $"Unexpected failure: {error.Message}", null, "Run it again with --verbose for the details, and report them.") { Kind = ProblemKind.Failed }],
        };
    }
}
