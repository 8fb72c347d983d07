using Headroom.Runs;

namespace Headroom.Simulation.Tests;

/// <summary>How the world treats a step.</summary>
internal enum StepNature
{
    /// <summary>Applying it twice is harm. The world does not recognise a repetition; looking tells whether it is there.</summary>
    Once,

    /// <summary>As <see cref="Once"/>, but looking does not always tell.</summary>
    Undecidable,

    /// <summary>Applying it again changes nothing.</summary>
    Repeatable,

    /// <summary>Does nothing outside.</summary>
    Passive,
}

/// <summary>A random plan, and how the world treats its steps.</summary>
internal sealed class Scenario
{
    public required RunPlan Plan { get; init; }

    public required StepNature[] Natures { get; init; }

    /// <summary>Least time an execution takes.</summary>
    public required TimeSpan[] Durations { get; init; }

    public required bool ConditionFlaps { get; init; }

    public static Scenario Create(Random random)
    {
        int count = 1 + random.Next(random.Next(4) == 0 ? 60 : 16);
        var limits = new Dictionary<string, LimitSpec> { [RunPlan.WorkersLimit] = LimitSpec.Slots(1 + random.Next(6)) };
        if (random.Next(2) == 0) limits["api"] = LimitSpec.Rate(0.2 + random.NextDouble() * 5, 1 + random.Next(5));
        if (random.Next(3) == 0) limits["elb"] = LimitSpec.Rate(0.5 + random.NextDouble() * 2, 1 + random.Next(3));
        if (random.Next(3) == 0) limits["slots"] = LimitSpec.Slots(2 + random.Next(3));
        string[] names = [.. limits.Keys];
        double density = random.NextDouble() * 3;

        var natures = new StepNature[count];
        var durations = new TimeSpan[count];
        var steps = new StepSpec[count];
        for (int i = 0; i < count; i++)
        {
            natures[i] = random.Next(10) switch { < 5 => StepNature.Once, < 6 => StepNature.Undecidable, < 9 => StepNature.Repeatable, _ => StepNature.Passive };
            bool acts = natures[i] != StepNature.Passive;
            durations[i] = TimeSpan.FromMilliseconds(10 + random.Next(3000));
            var needs = new SortedSet<string>(StringComparer.Ordinal);
            for (double d = density * random.NextDouble(); i > 0 && d > 0; d--) needs.Add(Id(random.Next(Math.Max(0, i - 12), i)));
            steps[i] = new StepSpec
            {
                Id = Id(i),
                Action = acts ? "world" : null,
                Needs = [.. needs],
                Limits = acts ? Draws(workersToo: random.Next(4) == 0) : new Dictionary<string, int>(),
                CheckLimits = acts && random.Next(2) == 0 ? Draws(workersToo: true) : new Dictionary<string, int>(),
                Retry = new RetryPolicy { Attempts = 1 + random.Next(6), BaseDelay = TimeSpan.FromMilliseconds(random.Next(2000)) },
                Timeout = TimeSpan.FromSeconds(4 + random.Next(20)),
                Settle = random.Next(2) == 0 ? TimeSpan.FromSeconds(1 + random.Next(10)) : TimeSpan.Zero,
                Repeatable = natures[i] == StepNature.Repeatable,
                CanUndo = acts && random.Next(5) > 0,
                Wait = RandomWait(acts),
                NeedsApproval = random.Next(25) == 0,
                Estimate = random.Next(2) == 0 ? TimeSpan.FromSeconds(random.Next(5)) : null,
            };
        }
        return new Scenario
        {
            Plan = new RunPlan
            {
                Name = "random",
                Limits = limits,
                Steps = steps,
                OnFailure = (FailurePolicy)random.Next(3),
                Deadline = random.Next(20) == 0 ? TimeSpan.FromSeconds(1 + random.Next(200)) : null,
            },
            Natures = natures,
            Durations = durations,
            ConditionFlaps = random.Next(3) == 0,
        };

        static string Id(int i) => $"s{i}";

        Dictionary<string, int> Draws(bool workersToo)
        {
            var draws = new Dictionary<string, int>();
            foreach (string name in names)
            {
                if (name == RunPlan.WorkersLimit ? !workersToo : random.Next(2) == 0) continue;
                var limit = limits[name];
                draws[name] = 1 + (random.Next(4) == 0 ? random.Next(limit.Concurrency ?? limit.Burst) : 0);
            }
            return draws;
        }

        WaitSpec? RandomWait(bool acts) => random.Next(acts ? 5 : 2) switch
        {
            0 => new WaitSpec { For = TimeSpan.FromMilliseconds(1 + random.Next(20_000)) },
            1 when acts => new WaitSpec
            {
                Until = true,
                For = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(random.Next(5)),
                Every = TimeSpan.FromMilliseconds(200 + random.Next(3000)),
                Timeout = TimeSpan.FromSeconds(20 + random.Next(100)),
            },
            _ => null,
        };
    }
}
