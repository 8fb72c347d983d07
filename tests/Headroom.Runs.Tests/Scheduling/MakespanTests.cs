namespace Headroom.Runs.Tests.Scheduling;

public sealed class MakespanTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(4, 300, 32)]
    [InlineData(4, 300, 64)]
    [InlineData(4, 120, 64)]
    [InlineData(8, 300, 32)]
    [InlineData(8, 300, 64)]
    [InlineData(8, 300, 256)]
    [InlineData(8, 120, 32)]
    [InlineData(2, 60, 256)]
    public void Thousand_services_finish_close_to_the_lower_bound(int layers, int bake, int workers)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var (plan, times) = MovingPlans.Create(seed, 1000, layers, bake, workers);
            var result = Rehearsal.Run(plan, step => times[step]);
            output.WriteLine($"{layers} layers, {bake} s, {workers} workers, seed {seed}: {result.Makespan.TotalMinutes:f1} min, bound {result.LowerBound.Time.TotalMinutes:f1} ({result.LowerBound.Binding}), ratio {result.RatioToBound:f3}");
            double allowed = result.LowerBound.Binding == RunPlan.WorkersLimit ? 1.25 : 1.10;
            Assert.True(result.RatioToBound <= allowed, $"seed {seed}: {result.RatioToBound:f3} of the bound set by {result.LowerBound.Binding}");
        }
    }
}
