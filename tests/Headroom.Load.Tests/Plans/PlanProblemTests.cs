using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Load.Executors;
using Headroom.Load.Plans;

namespace Headroom.Load.Tests.Plans;

public sealed class PlanProblemTests
{
    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_file_and_line()
    {
        var problems = Problems("""
            target: nowhere
            warmUp: 2h
            scenarios:
              a:
                executor: constant-vus
                duration: 30s
                rate: 5
                exec: brows
              b:
                executor: ramping-vus
                stages: []
                steps: [GET /x]
              c: { executor: constant-arrival-rate, rate: 5, duration: 5s, startAfter: z, steps: [{ url: '/{{ what }}', checks: ['status = 200'] }] }
            flows: { browse: [GET /, { think: 3s..1s }] }
            thresholds:
              http_req_durations: ['p(95)<500']
              http_req_failed: ['p(95)<500']
              'http_reqs{name:nope}': ['count>1']
              checks: ['rate<']
            colour: red
            """);
        string[] lines = [.. problems.Select(p => p.Where!.Split(':')[1]).Distinct()];
        // Shape first: what the file says cannot be read at all there.
        Assert.Empty(((string[])["7", "11", "13", "14", "19", "20"]).Except(lines));
        Assert.All(problems, p => Assert.StartsWith("plan.yaml:", p.Where, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("target: nowhere\nduration: 1s\nsteps: [GET /]", "load-url", 1)]
    [InlineData("duration: 1s\nsteps: [GET /]", "load-url", 2)]
    [InlineData("duration: 1s\nsteps: ['GET http://{{ vu }}.example.com/']", "load-url", 2)]
    [InlineData("target: http://x\nduration: 1s\nsteps: ['GET /{{ what }}']", "load-template", 3)]
    [InlineData("target: http://x\nduration: 1s\nsteps: ['GET /{{ randomInt(2, 1) }}']", "load-template", 3)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [{ url: /, headers: { 'Content-Length': 5 } }]", "load-header", 3)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [{ url: /, record: { errs: status != 200 } }]", "load-metric-unknown", 3)]
    [InlineData("target: http://x\nduration: 1s\nmetrics: { errs: rate }\nsteps: [{ url: /, record: { errs: 5 } }]", "load-metric-value", 4)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [GET /]\nthresholds: { http_req_durations: 'p(95)<5' }", "load-threshold-metric", 4)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [GET /]\nthresholds: { http_req_failed: 'p(95)<5' }", "load-threshold-expression", 4)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [GET /]\nthresholds: { 'http_reqs{name:nope}': 'count>5' }", "load-threshold-tags", 4)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [GET /]\nthresholds: { 'checks{name:nope}': 'rate>0.5' }", "load-threshold-tags", 4)]
    [InlineData("target: http://x\nduration: 1s\ndata: { u: { csv: missing.csv } }\nsteps: [GET /]", "load-feed", 3)]
    [InlineData("target: http://x\nduration: 1s\nwarmUp: 1s\nsteps: [GET /]", "load-plan-value", 3)]
    [InlineData("target: http://x\nsteps: [GET /]", "load-plan-value", 2)]
    [InlineData("target: http://x\nduration: 1s\nsteps: [think: 1s]", "load-plan-value", 3)]
    [InlineData("target: http://x", "load-plan-value", 1)]
    [InlineData("target: http://x\nscenarios: { a: { executor: constant-vus, duration: 1s, exec: brows } }\nflows: { browse: [GET /] }", "load-flow-unknown", 2)]
    [InlineData("target: http://x\nscenarios: { a: { executor: constant-vus, duration: 1s, startAfter: b, steps: [GET /] }, b: { executor: constant-vus, duration: 1s, startAfter: a, steps: [GET /] } }", "load-scenario-cycle", 2)]
    [InlineData("target: http://x\nscenarios: { a: { executor: ramping-vus, stages: [{ duration: 5s, target: 0 }], steps: [GET /] } }", "load-plan-value", 2)]
    [InlineData("target: http://x\nduration: 1s\ncolor: red\nsteps: [GET /]", "yaml-unknown-key", 3)]
    public void A_mistake_is_told_where_it_is(string yaml, string code, int line)
    {
        var problem = Problems(yaml).First(p => p.Code == code);
        Assert.StartsWith($"plan.yaml:{line}:", problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_from_the_environment_is_in_no_message()
    {
        var problems = Assert.Throws<ProblemException>(() => PlanFile.Parse(Encoding.UTF8.GetBytes("target: '${T}'\nduration: 1s\nsteps: ['GET http://${T}/']"), "plan.yaml", ".", _ => "s3cr3t value", PlanOverrides.None)).Problems;
        Assert.All(problems, p => Assert.DoesNotContain("s3cr3t", p.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void The_words_of_k6_mean_what_they_mean_there()
    {
        var plan = Parse("""
            target: http://x/api
            scenarios:
              open: { executor: ramping-arrival-rate, startRate: 60, timeUnit: 1m, preAllocatedVUs: 5, maxVUs: 50, stages: [{ duration: 30s, target: 600 }], gracefulStop: 5s, startTime: 3s, tags: { kind: api }, steps: [GET /a] }
            thresholds:
              'http_req_duration{kind:api}': ['p(95)<500', { threshold: 'p(99)<1000', abortOnFail: true, delayAbortEval: 10s, window: 30s }]
            """);
        var scenario = Assert.Single(plan.Scenarios);
        var shape = Assert.IsType<RampingArrivalRate>(scenario.Shape);
        Assert.Equal((1.0, 10.0, 50, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)), (shape.StartPerSecond, shape.Stages[0].Target, shape.MaxVus, scenario.GracefulStop, scenario.StartTime));
        Assert.Equal("/api/a", ((RequestStep)scenario.Flows[0].Steps[0]).Requests[0].Path.Text);
        Assert.Equal(["p(95)<500", "p(99)<1000 in every 30s"], plan.Thresholds.Select(t => t.Text));
        Assert.True(plan.Thresholds[1].AbortOnFail);
    }

    [Fact]
    public void Vus_duration_and_target_url_override_what_the_plan_says()
    {
        var environment = new Dictionary<string, string?> { ["VUS"] = "100", ["DURATION"] = "300", ["TARGET_URL"] = "https://example.com" };
        var overrides = PlanOverrides.Read(environment.GetValueOrDefault, PlanOverrides.None);
        var plan = PlanFile.Parse("vus: 3\nduration: 5s\nsteps: [GET /a]"u8, "plan.yaml", ".", _ => null, overrides);
        Assert.Equal(new ConstantVus(100, TimeSpan.FromSeconds(300)), plan.Scenarios[0].Shape);
        Assert.Equal("https://example.com", plan.Origins.Single().ToString());
        Assert.Equal(3, Assert.Throws<ProblemException>(() => PlanOverrides.Read(_ => "?", PlanOverrides.None)).Problems.Count);
    }

    [Theory]
    [InlineData("smoke", 5, 30)]
    [InlineData("load", 100, 300)]
    [InlineData("stress", 5000, 300)]
    [InlineData("spike", 2000, 660)]
    [InlineData("soak", 160, 3600)]
    [InlineData("throughput", 600, 240)]
    public void Profiles_have_the_documents_numbers(string name, int users, int seconds)
    {
        var shape = Profiles.Create(name, new Uri("http://x/"), new UrlPlanOptions(), PlanOverrides.None)!.Scenarios[0].Shape;
        Assert.Equal((users, seconds), (shape.MaxVus, (int)shape.Length.TotalSeconds));
    }

    [Fact]
    public void Damaged_plans_are_problems_and_never_crashes()
    {
        string good = """
            target: http://x
            data: {}
            scenarios: { a: { executor: ramping-vus, stages: [{ duration: 5s, target: 3 }], exec: { f: 2 } } }
            flows: { f: [GET /, { batch: [{ url: '/{{ randomInt(1, 9) }}', checks: { ok: status == 200 }, extract: { v: '$.a[0]' } }] }, { think: 1s..2s }] }
            thresholds: { http_req_duration: ['p(95)<500', { threshold: 'avg<1', window: 5s }] }
            """;
        Assert.Single(Parse(good).Scenarios);
        var random = new Random(3);
        for (int i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(good);
            for (int k = random.Next(1, 5); k > 0; k--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0: text[at] = "{}[]:,'\"%-x0 \n"[random.Next(14)]; break;
                    case 1: text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at)); break;
                    default: text.Insert(at, "{}[]:,'\"%-x0 \n"[random.Next(14)]); break;
                }
            }
            try
            {
                Parse(text.ToString());
            }
            catch (ProblemException problem)
            {
                Assert.NotEmpty(problem.Problems);
            }
        }
    }

    private static LoadPlan Parse(string yaml) => PlanFile.Parse(Encoding.UTF8.GetBytes(yaml), "plan.yaml", ".", _ => null, PlanOverrides.None);

    private static IReadOnlyList<Problem> Problems(string yaml) => Assert.Throws<ProblemException>(() => Parse(yaml)).Problems;
}
