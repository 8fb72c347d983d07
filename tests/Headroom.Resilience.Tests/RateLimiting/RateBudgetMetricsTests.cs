using Headroom.Resilience.RateLimiting;
using Headroom.TestKit;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class RateBudgetMetricsTests
{
    [Fact]
    public void Grants_refusals_waits_and_the_queue_are_measured_per_budget()
    {
        var time = new VirtualTimeProvider();
        using var meter = new MeterWatch("budget", "metrics-test");
        using var budget = new RateBudget("metrics-test", RateBudgetOptions.PerSecond(3, 1) with { QueueLimit = 2 }, time);
        budget.AttemptAcquire(2);
        var waits = new Pending(budget.AcquireAsync(2, CancellationToken.None));
        budget.AttemptAcquire();
        meter.Observe();

        Assert.Equal(2, meter.Sum("headroom.resilience.rate_budget.granted"));
        Assert.Equal(1, meter.Sum("headroom.resilience.rate_budget.refused"));
        Assert.Equal(1, meter.Last("headroom.resilience.rate_budget.available"));
        Assert.Equal(1, meter.Last("headroom.resilience.rate_budget.waiting"));

        time.Advance(TimeSpan.FromSeconds(1.001));
        Assert.True(waits.Granted);
        Assert.Equal(4, meter.Sum("headroom.resilience.rate_budget.granted"));
        Assert.Equal(1, meter.Last("headroom.resilience.rate_budget.wait"), 2);
    }
}
