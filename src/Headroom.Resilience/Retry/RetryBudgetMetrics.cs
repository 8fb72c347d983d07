using System.Diagnostics.Metrics;

namespace Headroom.Resilience.Retry;

internal sealed class RetryBudgetMetrics
{
    private static readonly LiveInstances<RetryBudget> s_live = new();

    private static readonly Counter<long> s_granted = ResilienceMeter.Meter.CreateCounter<long>(
        "headroom.resilience.retry.granted", "{retry}", "Retries the budget allowed.");

    private static readonly Counter<long> s_refused = ResilienceMeter.Meter.CreateCounter<long>(
        "headroom.resilience.retry.refused", "{retry}", "Retries not made because the budget was spent.");

    private readonly KeyValuePair<string, object?> _tag;

    static RetryBudgetMetrics() =>
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.retry.available",
            () => s_live.Observe(budget => budget.Name, budget => budget.Available, "budget"),
            "{retry}", "Retries the budget would allow now.");

    public RetryBudgetMetrics(RetryBudget budget)
    {
        _tag = new KeyValuePair<string, object?>("budget", budget.Name);
        s_live.Add(budget);
    }

    public void Granted()
    {
        if (s_granted.Enabled) s_granted.Add(1, _tag);
    }

    public void Refused()
    {
        if (s_refused.Enabled) s_refused.Add(1, _tag);
    }
}
