using Headroom.Runs;
using Headroom.Runs.CrashHost;

// A process to be killed: executes a run, and then rolls it back when told to, against an outside world that is a file.
// Usage: Headroom.Runs.CrashHost DATA WORLD RUN SEED [rollback]
var (data, world, run, seed) = (args[0], args[1], args[2], int.Parse(args[3]));
var catalog = new RunCatalog(data, TimeProvider.System, new Random());
var actions = new Dictionary<string, IStepAction> { ["outside"] = new OutsideAction(world, TimeProvider.System) };
if (!catalog.Ids().Contains(run)) await catalog.CreateAsync(CrashPlan.Create(seed), new RunStart { Name = run });
if (await ExecuteAsync(run) != RunResult.Succeeded) return 1;
if (args.Length > 4)
{
    while (await RunRollback.PrepareAsync(catalog, run, null, new RunStart()) is { } rollback)
        if (await ExecuteAsync(rollback) != RunResult.Succeeded) return 1;
}
Console.WriteLine("all done");
return 0;

async Task<RunResult?> ExecuteAsync(string id)
{
    await using var session = catalog.Open(id);
    var report = await session.ExecuteAsync(new RunOptions { Actions = actions });
    return report.Result;
}
