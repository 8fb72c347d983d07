using Headroom.Cli.CommandLine;
using Headroom.Configuration.Diagnostics;
using Headroom.Runs;

namespace Headroom.Cli.Runs;

/// <summary>The runs of the data directory, as commands work with them.</summary>
internal sealed class RunHouse
{
    private readonly CommandContext _context;

    public RunHouse(CommandContext context)
    {
        if (CommonOptions.ServerAddress(context.Parse) is not null)
            throw new ProblemException(new Problem("run-not-remote", "A run is executed by the process that starts it, not by a server elsewhere.", "--server", "Leave out --server, and run the command where the data directory is."));
        _context = context;
        // Ids of different machines and moments must differ; nothing else depends on this randomness.
        Catalog = new RunCatalog(context.Parse.GetValue(CommonOptions.Data)!, context.Time, new Random(HashCode.Combine(context.Time.GetTimestamp(), Environment.ProcessId)));
    }

    public RunCatalog Catalog { get; }

    /// <summary>Who works here, for the audit trail.</summary>
    public static string By => Environment.UserName;

    public static RunStart Start => new() { By = By, Program = typeof(RunHouse).Assembly.GetName().Version?.ToString(3) };

    /// <summary>A run, and the process that executes it.</summary>
    public (RunState State, int? ExecutedBy) Look(string run) => (Catalog.Load(run), Catalog.ExecutedBy(run));

    /// <summary>Refuses a run whose plan file no longer says what the run was started with.</summary>
    public static void CheckSource(RunState state)
    {
        if (state.Header.Source is not { } source || !File.Exists(source)) return;
        const string fix = "A run keeps the plan it began with. Put the file back, or go on with the stored plan: 'headroom run resume {0} --keep-plan'. For a changed plan stop this run and start a new one.";
        string hash;
        try
        {
            hash = PlanDocument.Hash(PlanDocument.Write(CommandPlanFile.Read(source)));
        }
        catch (ProblemException broken)
        {
            throw new ProblemException([Changed(state, source, string.Format(null, fix, state.Id)), .. broken.Problems]);
        }
        if (hash != state.Header.PlanHash) throw new ProblemException(Changed(state, source, string.Format(null, fix, state.Id)));
    }

    /// <summary>Executes a run that was taken up, with progress for whoever watches.</summary>
    public async Task<RunReport> ExecuteAsync(RunSession session)
    {
        using var screen = new RunScreen(_context, session);
        await using var redraw = _context.Time.CreateTimer(_ => screen.Redraw(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        return await session.ExecuteAsync(new RunOptions
        {
            Actions = Actions(),
            By = By,
            // The program ends twelve seconds after Ctrl-C; a command that ignores the polite signal takes two of them.
            DrainTime = TimeSpan.FromSeconds(8),
            OnRecord = screen.Take,
        }, _context.Cancel);
    }

    /// <summary>Waits until a run that another process executes is over, or somebody is tired of waiting.</summary>
    public async Task<RunState> WaitForEndAsync(string run)
    {
        while (true)
        {
            var (state, executedBy) = Look(run);
            if (state.Engine.Phase == RunPhase.Ended || executedBy is null) return state;
            await Task.Delay(TimeSpan.FromMilliseconds(200), _context.Time, _context.Cancel);
        }
    }

    public IReadOnlyDictionary<string, IStepAction> Actions() =>
        new Dictionary<string, IStepAction> { [CommandAction.Name] = new CommandAction(_context.Time) };

    private static Problem Changed(RunState state, string source, string fix) =>
        new("run-plan-changed", $"{source} was changed since run '{state.Id}' was started with it.", source, fix) { Kind = ProblemKind.Unprocessable };
}
