using Headroom.Resilience.RateLimiting;
using Headroom.Resilience.Retry;

namespace Headroom.Metrics.Ingest.CloudWatch;

/// <summary>
/// Calls CloudWatch within a budget, and obeys when it is throttled: the call is tried again when CloudWatch says, or after a
/// delay that doubles, and meanwhile nothing else of this budget is sent.
/// </summary>
internal sealed class CloudWatchCalls(ICloudWatchSource source, TimeProvider time, Random random) : IDisposable
{
    private const int Tries = 5;
    private const int MostPages = 1000;

    // Below what AWS grants an account by default (GetMetricData 50/s, ListMetrics 25/s): others call too.
    private readonly RateBudget _data = new("cloudwatch/get-metric-data", RateBudgetOptions.PerSecond(10, 10), time);
    private readonly RateBudget _list = new("cloudwatch/list-metrics", RateBudgetOptions.PerSecond(5, 5), time);
    private readonly Backoff _backoff = new() { Jitter = 1 };

    /// <summary>All sets of dimensions of a metric.</summary>
    /// <exception cref="CloudWatchThrottledException">It was throttled at every try.</exception>
    public async Task<List<IReadOnlyList<Label>>> ListAsync(CloudWatchMetricFilter filter, CancellationToken cancel)
    {
        var sets = new List<IReadOnlyList<Label>>();
        string? token = null;
        for (int page = 0; page < MostPages; page++)
        {
            string? from = token;
            var answer = await CallAsync(_list, () => source.ListMetricsAsync(filter, from, cancel), cancel).ConfigureAwait(false);
            sets.AddRange(answer.DimensionSets);
            token = answer.NextToken;
            if (token is null) return sets;
        }
        throw new InvalidDataException($"ListMetrics for {filter.Namespace} {filter.Metric} has more than {MostPages} pages; name dimensions");
    }

    /// <summary>All values of a request, page by page.</summary>
    /// <exception cref="CloudWatchThrottledException">It was throttled at every try.</exception>
    public async IAsyncEnumerable<CloudWatchResult> DataAsync(CloudWatchDataRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        string? token = null;
        for (int page = 0; page < MostPages; page++)
        {
            string? from = token;
            var answer = await CallAsync(_data, () => source.GetMetricDataAsync(request, from, cancel), cancel).ConfigureAwait(false);
            foreach (var result in answer.Results) yield return result;
            token = answer.NextToken;
            if (token is null) yield break;
        }
        throw new InvalidDataException($"GetMetricData has more than {MostPages} pages");
    }

    public void Dispose()
    {
        _data.Dispose();
        _list.Dispose();
    }

    private async Task<T> CallAsync<T>(RateBudget budget, Func<ValueTask<T>> call, CancellationToken cancel)
    {
        for (int tries = 1; ; tries++)
        {
            using (var lease = await budget.AcquireAsync(1, cancel).ConfigureAwait(false))
                if (!lease.IsAcquired)
                    throw new CloudWatchThrottledException($"the budget {budget.Name} has no room");
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (CloudWatchThrottledException throttled) when (tries < Tries)
            {
                var wait = _backoff.Delay(tries - 1, random.NextDouble());
                if (throttled.RetryAfter is { } asked && asked > wait) wait = asked;
                await Task.Delay(wait, time, cancel).ConfigureAwait(false);
            }
        }
    }
}
