namespace Headroom.Runs.Tests.Scheduling;

/// <summary>
/// Graphs like those of moving many services: ten steps each, the published ECS budgets, assumed ones for load balancers and
/// roles, heavy-tailed copying, waits for health and bakes; services stand in layers and only the cutover waits for the
/// layer below.
/// </summary>
internal static class MovingPlans
{
    public static (PreparedPlan Plan, StepTimes[] Times) Create(int seed, int services, int layers, int bakeSeconds, int workers, double estimateSigma = 0)
    {
        var random = new Random(seed);
        var steps = new List<StepSpec>();
        var times = new List<StepTimes>();
        for (int s = 0; s < services; s++)
        {
            int layer = s * layers / services;
            string name = $"s{s:d4}";
            var below = new HashSet<string>();
            int first = services * (layer - 1) / layers, count = services / layers;
            for (int i = 0; layer > 0 && i < 1 + random.Next(3); i++) below.Add($"s{first + random.Next(count):d4}/shift");

            Add("role", 1 + random.NextDouble(), [], ("iam", 1));
            Add("image", 25 * LogNormal(0.3), []);
            Add("data", 40 * LogNormal(0.9), []);
            Add("group", 1 + random.NextDouble(), [], ("elb", 1));
            Add("register", 0.5 + random.NextDouble(), [name + "/role", name + "/image"], ("ecs-register", 1));
            Add("service", 1 + random.NextDouble(), [name + "/register", name + "/group"], ("ecs-service", 1));
            AddWait("healthy", 0, [name + "/service"], 75 * LogNormal(0.2), 0);
            AddWait("canary", 1 + random.NextDouble(), [name + "/healthy", name + "/data", .. below], 0, bakeSeconds, ("elb", 1));
            AddWait("shift", 1 + random.NextDouble(), [name + "/canary"], 0, 60, ("elb", 1));
            Add("retire", 2 + 4 * random.NextDouble(), [name + "/shift"]);

            void Add(string id, double act, string[] needs, params (string Name, int Units)[] limits) => AddStep(id, act, needs, 0, 0, limits);

            void AddStep(string id, double act, string[] needs, double until, double fixedWait, (string Name, int Units)[] limits)
            {
                var wait = until > 0 ? new WaitSpec { Until = true, Every = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromHours(1) }
                    : fixedWait > 0 ? new WaitSpec { For = TimeSpan.FromSeconds(fixedWait) } : null;
                bool acts = act > 0 || until > 0;
                steps.Add(new StepSpec
                {
                    Id = $"{name}/{id}",
                    Action = acts ? "modelled" : null,
                    Needs = needs,
                    Limits = limits.ToDictionary(l => l.Name, l => l.Units),
                    Wait = wait,
                    Estimate = TimeSpan.FromSeconds(act * LogNormal(estimateSigma)),
                    WaitEstimate = until > 0 ? TimeSpan.FromSeconds(until * LogNormal(estimateSigma)) : null,
                });
                times.Add(new StepTimes(TimeSpan.FromSeconds(act), TimeSpan.FromSeconds(until)));
            }

            void AddWait(string id, double act, string[] needs, double until, double fixedWait, params (string Name, int Units)[] limits) => AddStep(id, act, needs, until, fixedWait, limits);
        }
        return (PreparedPlan.From(new RunPlan
        {
            Name = "moving",
            Steps = steps,
            Limits = new Dictionary<string, LimitSpec>
            {
                [RunPlan.WorkersLimit] = LimitSpec.Slots(workers),
                ["iam"] = LimitSpec.Rate(5, 20),
                ["elb"] = LimitSpec.Rate(3, 20),
                ["ecs-register"] = LimitSpec.Rate(1, 20),
                ["ecs-service"] = LimitSpec.Rate(5, 50),
            },
        }), [.. times]);

        double LogNormal(double sigma) =>
            Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) - sigma * sigma / 2);
    }
}
