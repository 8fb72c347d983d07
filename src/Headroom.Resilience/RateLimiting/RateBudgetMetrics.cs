using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;

namespace Headroom.Resilience.RateLimiting;

/// <summary>What one budget tells the meter. Costs one comparison per call while nobody listens.</summary>
internal sealed class RateBudgetMetrics : IDisposable
{
    private static readonly LiveInstances<RateBudget> s_live = new();

    private static readonly Counter<long> s_granted = ResilienceMeter.Meter.CreateCounter<long>(
        "headroom.resilience.rate_budget.granted", "{permit}", "Permits granted.");

    private static readonly Counter<long> s_refused = ResilienceMeter.Meter.CreateCounter<long>(
        "headroom.resilience.rate_budget.refused", "{call}", "Calls refused: no permit and no room to wait.");

    private static readonly Histogram<double> s_wait = ResilienceMeter.Meter.CreateHistogram<double>(
        "headroom.resilience.rate_budget.wait", "s", "Time callers waited for their permits; calls served at once are not in it.");

    private readonly RateBudget _budget;
    private readonly KeyValuePair<string, object?> _tag;

    static RateBudgetMetrics()
    {
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.rate_budget.available",
            () => s_live.Observe(budget => budget.Name, budget => budget.GetStatistics()!.CurrentAvailablePermits, "budget"),
            "{permit}", "Permits that could be granted now.");
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.rate_budget.waiting",
            () => s_live.Observe(budget => budget.Name, budget => budget.QueuedCallers, "budget"),
            "{call}", "Calls that wait for permits.");
    }

    public RateBudgetMetrics(RateBudget budget)
    {
        _budget = budget;
        _tag = new KeyValuePair<string, object?>("budget", budget.Name);
        s_live.Add(budget);
    }

    public void Granted(int permits)
    {
        if (s_granted.Enabled) s_granted.Add(permits, _tag);
    }

    public void Refused()
    {
        if (s_refused.Enabled) s_refused.Add(1, _tag);
    }

    public void Waited(TimeSpan time)
    {
        if (s_wait.Enabled) s_wait.Record(time.TotalSeconds, _tag);
    }

    public void Dispose() => s_live.Remove(_budget);
}
