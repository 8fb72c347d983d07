namespace Headroom.Runs.Tests.Scheduling;

public sealed class MakespanTests(ITestOutputHelper output)
{
    /// <summary>A bound within this share of the largest one binds as well: a schedule close to both is as good as there is.</summary>
    private const double BindsToo = 0.95;

    [Theory]
    [InlineData(4, 300, 32)]
    [InlineData(4, 300, 64)]
    [InlineData(4, 120, 64)]
    [InlineData(8, 300, 32)]
    [InlineData(8, 300, 64)]
    [InlineData(8, 300, 256)]
    [InlineData(8, 120, 32)]
    [InlineData(2, 60, 256)]
    public void A_thousand_services_finish_close_to_the_lower_bound(int layers, int bake, int workers)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var (plan, times) = MovingPlans.Create(seed, 1000, layers, bake, workers);
            var result = Rehearsal.Run(plan, step => times[step]);
            output.WriteLine($"{layers} layers, {bake} s, {workers} workers, seed {seed}: {result.Makespan.TotalMinutes:f1} min, bound {result.LowerBound.Time.TotalMinutes:f1} ({result.LowerBound.Binding}), ratio {result.RatioToBound:f3}");
            bool byWorkers = result.LowerBound.Parts.Single(part => part.Key == RunPlan.WorkersLimit).Value >= BindsToo * result.LowerBound.Time;
            double allowed = byWorkers ? 1.25 : 1.10;
            Assert.True(result.RatioToBound <= allowed, $"seed {seed}: {result.RatioToBound:f3} of the bound set by {result.LowerBound.Binding}");
        }
    }

    [Fact]
    public void No_schedule_is_shorter_than_the_bound_and_none_breaks_a_need_or_a_limit()
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var (plan, times) = MovingPlans.Create(seed, 2 + random.Next(30), 1 + random.Next(2), 10, 1 + random.Next(8));
            var result = Rehearsal.Run(plan, step => times[step]);
            Assert.True(result.Makespan >= result.LowerBound.Time, $"seed {seed}: {result.Makespan} is below the bound {result.LowerBound.Time}");
            for (int step = 0; step < plan.Count; step++)
                foreach (int need in plan.Needs[step]) Assert.True(result.Steps[step].Start >= result.Steps[need].End);
            Assert.True(MostAtOnce(plan, result) <= plan.Plan.Limits[RunPlan.WorkersLimit].Concurrency);
        }
    }

    [Fact]
    public void The_rehearsal_of_a_plan_is_the_same_every_time()
    {
        var (plan, times) = MovingPlans.Create(3, 100, 2, 60, 8);
        Assert.Equal(Rehearsal.Run(plan, step => times[step]).Steps, Rehearsal.Run(plan, step => times[step]).Steps);
    }

    [Fact]
    public void The_bound_names_what_binds()
    {
        static StepSpec Draws(string id, int seconds) => new() { Id = id, Action = "test", Estimate = TimeSpan.FromSeconds(seconds), Limits = new Dictionary<string, int> { ["api"] = 1 } };
        var limits = new Dictionary<string, LimitSpec> { ["api"] = LimitSpec.Rate(1, 5), [RunPlan.WorkersLimit] = LimitSpec.Slots(100) };
        var plan = PreparedPlan.From(new RunPlan { Name = "bound", Limits = limits, Steps = [.. Enumerable.Range(0, 65).Select(i => Draws($"s{i}", 2))] });
        var result = Rehearsal.Run(plan);
        Assert.Equal(("api", TimeSpan.FromSeconds(62)), (result.LowerBound.Binding, result.LowerBound.Time));
        Assert.Equal(TimeSpan.FromSeconds(62), result.Makespan);
    }

    private static int MostAtOnce(PreparedPlan plan, RehearsalResult result)
    {
        var changes = new List<(TimeSpan At, int By)>();
        for (int step = 0; step < plan.Count; step++)
        {
            if (plan.Plan.Steps[step].Action is null) continue;
            changes.Add((result.Steps[step].Start, 1));
            changes.Add((result.Steps[step].Acted, -1));
        }
        int now = 0, most = 0;
        foreach (var (_, by) in changes.OrderBy(c => c.At).ThenBy(c => c.By)) most = Math.Max(most, now += by);
        return most;
    }
}
