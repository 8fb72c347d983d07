using System.Collections.Concurrent;

namespace Headroom.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1";

    [Fact]
    public void Every_invariant_holds_on_every_seed_and_every_fault_really_came()
    {
        int seeds = Long ? 100_000 : 5_000;
        var faults = new int[Enum.GetValues<Fault>().Length];
        var broken = new ConcurrentBag<string>();
        long acts = 0, rollbacks = 0;
        Parallel.For(1, seeds + 1, seed =>
        {
            try
            {
                var result = Simulation.Run(seed);
                for (int i = 0; i < faults.Length; i++) Interlocked.Add(ref faults[i], result.Faults[i]);
                Interlocked.Add(ref acts, result.Acts);
                if (result.RolledBack) Interlocked.Increment(ref rollbacks);
            }
            catch (InvariantBroken e)
            {
                broken.Add($"seed {seed}: {e.Message}");
            }
            catch (Exception e)
            {
                broken.Add($"seed {seed}: {e}");
            }
        });
        output.WriteLine($"{seeds} seeds, {acts} executions, {rollbacks} rollbacks; " + string.Join(", ", Enum.GetValues<Fault>().Select(f => $"{f} {faults[(int)f]}")));
        Assert.True(broken.IsEmpty, $"{broken.Count} broken: " + string.Join("\n", broken.Order().Take(20)));
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(faults[(int)fault] > 0, $"{fault} never came"));
    }

    [Fact]
    public void A_process_that_dies_after_any_single_record_does_no_harm()
    {
        int deaths = 0;
        for (int seed = 1; seed <= 60; seed++)
            for (long record = 1; Simulation.RunAndDieAfter(seed, record); record++) deaths++;
        output.WriteLine($"{deaths} deaths");
        Assert.True(deaths > 1_000, $"only {deaths} places to die");
    }

    [Fact]
    public void A_seed_gives_the_same_trace_every_time()
    {
        for (int seed = 1; seed <= 200; seed++)
            Assert.Equal(Simulation.Run(seed).TraceHash, Simulation.Run(seed).TraceHash);
    }
}
