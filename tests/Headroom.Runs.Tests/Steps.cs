namespace Headroom.Runs.Tests;

/// <summary>Short ways to write plans in tests.</summary>
internal static class Steps
{
    public static StepSpec Step(string id, params string[] needs) => new() { Id = id, Action = "test", Needs = needs, Retry = RetryPolicy.None };

    public static RunPlan Plan(params StepSpec[] steps) => new() { Name = "test", Steps = steps };

    public static RunPlan Plan(Dictionary<string, LimitSpec> limits, params StepSpec[] steps) => new() { Name = "test", Steps = steps, Limits = limits };
}
