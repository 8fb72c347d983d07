using System.Diagnostics;
using System.Globalization;

namespace Headroom.Runs.Tests.Crash;

/// <summary>
/// A real process on a real disk, ended with SIGKILL at random moments: while it starts, runs, recovers, rolls back. The world it
/// changes is a file that recognises no repetition.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1" ? 100 : 20;

    [Fact]
    public async Task A_process_killed_at_any_moment_forgets_nothing_and_does_nothing_twice()
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(7);
        int kills = 0, runs = 0;
        for (int seed = 1; kills < Kills; seed++, runs++)
        {
            string data = directory[$"data{seed}"], world = directory[$"world{seed}"];
            bool rollBack = seed % 2 == 0;
            bool done = false;
            for (int start = 0; !done; start++)
            {
                Assert.True(start < 60, $"seed {seed} is not done after 60 starts");
                // Once all kills are spent the process may come to its end.
                int? life = kills < Kills ? 100 + random.Next(500) : null;
                done = await RunAsync([data, world, "r", seed.ToString(CultureInfo.InvariantCulture), .. rollBack ? (string[])["rollback"] : []], life);
                if (!done) kills++;
                CheckWorld(world, rolledBack: done && rollBack, finished: done, seed);
            }
            CheckJournal(data, "r");
        }
        output.WriteLine($"{kills} kills over {runs} runs of 400 steps");
    }

    private static async Task<bool> RunAsync(string[] arguments, int? killAfterMilliseconds)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Headroom.Runs.CrashHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var kill = new CancellationTokenSource();
        if (killAfterMilliseconds is { } after) kill.CancelAfter(after);
        try
        {
            await process.WaitForExitAsync(kill.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        bool done = (await said).Contains("all done", StringComparison.Ordinal);
        Assert.True(done || process.ExitCode == 137, $"exit code {process.ExitCode}: {await said}{await complained}");
        return done;
    }

    private static void CheckWorld(string world, bool rolledBack, bool finished, int seed)
    {
        var lines = File.Exists(world) ? File.ReadAllLines(world) : [];
        var done = lines.Where(l => l[0] == '+').ToList();
        Assert.True(done.Count == done.Distinct().Count(), $"seed {seed}: done twice: {string.Join(", ", done.GroupBy(l => l).Where(g => g.Count() > 1).Select(g => g.Key))}");
        if (!finished) return;
        Assert.Equal(400, done.Count);
        if (!rolledBack) return;
        var undone = lines.Index().Where(l => l.Item[0] == '-').GroupBy(l => l.Item[1..]).ToDictionary(g => g.Key, g => g.First().Index);
        Assert.Equal(done.Select(l => l[1..]).Order(), undone.Keys.Order());
        var plan = CrashHost.CrashPlan.Create(seed);
        foreach (var step in plan.Steps)
            foreach (string need in step.Needs)
                Assert.True(Undone(step.Id) < Undone(need), $"seed {seed}: {need} was undone before {step.Id}, which needs it");

        int Undone(string id) => undone[$" {IdempotencyKey.Of("r", id)} {id}"];
    }

    private static void CheckJournal(string data, string run)
    {
        var state = new RunCatalog(data, TimeProvider.System, new Random(1)).Load(run);
        Assert.Equal((RunPhase.Ended, RunResult.Succeeded), (state.Engine.Phase, state.Engine.Result));
        var successes = state.Records.Where(r => r is { Type: RunRecordType.Outcome, Code: (byte)StepResultKind.Done } or { Type: RunRecordType.Looked, Code: (byte)CheckVerdict.Done }).GroupBy(r => r.Step);
        Assert.All(successes, step => Assert.Single(step));
        Assert.Equal(400, successes.Count());
    }
}
