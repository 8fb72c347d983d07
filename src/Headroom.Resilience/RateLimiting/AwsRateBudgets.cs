using System.Collections.Frozen;

namespace Headroom.Resilience.RateLimiting;

/// <summary>
/// Starting points for calls to AWS: what AWS publishes per account and Region, as far as it does. Quotas can be
/// raised, so read your own from Service Quotas and <see cref="RateBudgets.Set">set</see> them.
/// </summary>
public static class AwsRateBudgets
{
    /// <summary>
    /// Budgets by name. The four service budgets (<c>dynamodb</c>, <c>s3</c>, <c>lambda</c>, <c>ecs</c>) are the token
    /// buckets of the performance-optimization tracker, section 3.2; the <c>ecs/…</c>, <c>fargate/…</c> and
    /// <c>elbv2/…</c> ones are the request-throttling buckets of the Amazon ECS and ELB API references; Route 53
    /// publishes 5 requests per second per account.
    /// </summary>
    public static IReadOnlyDictionary<string, RateBudgetOptions> Defaults { get; } = new Dictionary<string, RateBudgetOptions>
    {
        ["dynamodb"] = RateBudgetOptions.PerSecond(1000, 100),
        ["s3"] = RateBudgetOptions.PerSecond(3500, 350),
        ["lambda"] = RateBudgetOptions.PerSecond(1000, 100),
        ["ecs"] = RateBudgetOptions.PerSecond(500, 50),
        ["ecs/task-definition-modify"] = RateBudgetOptions.PerSecond(20, 1),
        ["ecs/service-modify"] = RateBudgetOptions.PerSecond(50, 5),
        ["ecs/service-read"] = RateBudgetOptions.PerSecond(100, 20),
        ["ecs/service-deployment"] = RateBudgetOptions.PerSecond(50, 20),
        ["ecs/cluster-modify"] = RateBudgetOptions.PerSecond(20, 1),
        ["ecs/run-task"] = RateBudgetOptions.PerSecond(100, 40),
        ["ecs/describe-tasks"] = RateBudgetOptions.PerSecond(100, 20),
        ["ecs/tag"] = RateBudgetOptions.PerSecond(20, 10),
        ["ecs/list-services-by-namespace"] = RateBudgetOptions.PerSecond(10, 1),
        ["fargate/launch"] = RateBudgetOptions.PerSecond(100, 20),
        ["elbv2/read"] = RateBudgetOptions.PerSecond(40, 10),
        ["route53"] = RateBudgetOptions.PerSecond(5, 5),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
