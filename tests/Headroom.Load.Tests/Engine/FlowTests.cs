using System.Collections.Concurrent;
using Headroom.Load.Tests.Transports;

namespace Headroom.Load.Tests.Engine;

/// <summary>What users do, seen from the server.</summary>
public sealed class FlowTests
{
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();

    public static TheoryData<TransportKind> Kinds() => [TransportKind.Managed, .. OperatingSystem.IsLinux() ? [TransportKind.Epoll] : Array.Empty<TransportKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_an_answer_gave_goes_into_the_next_request(TransportKind kind)
    {
        await using var server = Answering(r => r.Path == "/login" ? ScriptedServer.Ok("{\"token\":\"t 1\",\"items\":[{\"id\":7}]}", "X-Session: s9\r\n") : ScriptedServer.Ok("<a href='/p/42'>"));
        var result = await Carried.RunAsync(kind, Carried.Plan(server, """
            iterations: 2
            steps:
              - { url: /login, method: POST, json: '{"user":"u"}', extract: { token: $.token, id: '$.items[-1].id', session: header x-session } }
              - { url: '/page/{{ id }}?t={{ token }}', headers: { X-Session: '{{ session }}' }, extract: { link: "regex href='([^']+)'" } }
              - { url: '/link', json: '{"link":"{{ link }}"}', method: PUT }
            """));
        Assert.Equal(6, result.Statuses["200"]);
        var page = _received.First(r => r.Path.StartsWith("/page", StringComparison.Ordinal));
        Assert.Equal("/page/7?t=t%201", page.Path);
        Assert.Equal("s9", page.Headers["X-Session"]);
        Assert.Equal("{\"link\":\"/p/42\"}", _received.First(r => r.Path == "/link").Body);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_iteration_ends_where_a_value_is_missing(TransportKind kind)
    {
        await using var server = Answering(_ => ScriptedServer.Ok("{}"));
        var result = await Carried.RunAsync(kind, Carried.Plan(server, "iterations: 3\nsteps: [{ url: /a, extract: { id: $.id } }, 'GET /b/{{ id }}']"));
        Assert.Equal(3, result.Iterations.Completed);
        Assert.DoesNotContain(_received, r => r.Path != "/a");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Cookies_come_back_to_their_host_and_to_their_user(TransportKind kind)
    {
        int n = 0;
        await using var server = Answering(r => r.Path == "/in" ? ScriptedServer.Ok(headers: $"Set-Cookie: id={Interlocked.Increment(ref n)}; Path=/; HttpOnly\r\nSet-Cookie: gone=1; Max-Age=0\r\n") : ScriptedServer.Ok());
        await Carried.RunAsync(kind, Carried.Plan(server, "scenarios: { s: { executor: per-vu-iterations, vus: 3, steps: [GET /in, GET /me] } }"));
        Assert.Equal(["id=1", "id=2", "id=3"], _received.Where(r => r.Path == "/me").Select(r => r.Headers["Cookie"]).Order());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_batch_goes_out_together_and_the_next_step_waits_for_all_of_it(TransportKind kind)
    {
        int open = 0;
        var all = new TaskCompletionSource();
        await using var server = new ScriptedServer(async c =>
        {
            while (await c.ReadAsync() is { } request)
            {
                _received.Enqueue(request);
                // No answer before all three are here: they must have been sent together.
                if (request.Path.StartsWith("/batch", StringComparison.Ordinal) && Interlocked.Increment(ref open) == 3) all.SetResult();
                await all.Task;
                await c.WriteAsync(ScriptedServer.Ok());
            }
        });
        var result = await Carried.RunAsync(kind, Carried.Plan(server, "iterations: 1\ntimeout: 5s\nsteps: [{ batch: [GET /batch1, GET /batch2, { method: POST, url: /batch3, body: x }] }, GET /after]"));
        Assert.Equal(4, result.Statuses["200"]);
        Assert.Equal("/after", _received.Last().Path);
        Assert.Equal(1, result.Iterations.Completed);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Redirects_are_followed_within_the_plans_hosts_only(TransportKind kind)
    {
        await using var elsewhere = Answering(_ => ScriptedServer.Ok());
        await using var server = Answering(r => r.Path switch
        {
            "/a" => "HTTP/1.1 303 See Other\r\nLocation: /b?x=1\r\nContent-Length: 0\r\n\r\n",
            "/away" => $"HTTP/1.1 302 Found\r\nLocation: {elsewhere.Url}\r\nContent-Length: 0\r\n\r\n",
            "/circle" => "HTTP/1.1 307 Temporary Redirect\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n",
            _ => ScriptedServer.Ok(),
        });
        var result = await Carried.RunAsync(kind, Carried.Plan(server, "iterations: 1\nmaxRedirects: 3\nsteps: [{ url: /a, method: POST, body: x }, GET /away, GET /circle]"));
        Assert.Equal("GET /b?x=1 HTTP/1.1", _received.ElementAt(1).Line);
        Assert.Equal("", _received.ElementAt(1).Body);
        Assert.Equal(4, _received.Count(r => r.Path == "/circle"));
        Assert.Equal(2, result.Errors["redirect"]);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Checks_and_metrics_of_the_plan_are_counted(TransportKind kind)
    {
        int n = 0;
        await using var server = Answering(_ => n++ % 4 == 0 ? "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n" : ScriptedServer.Ok("{\"took\":12.5,\"valid\":true}"));
        var result = await Carried.RunAsync(kind, Carried.Plan(server, """
            iterations: 8
            metrics: { errors: rate, took: trend, served: counter }
            thresholds: { errors: ['rate<0.3'], took: ['avg==12.5'], served: ['count==8'], checks: ['rate>0.9'] }
            steps:
              - url: /
                checks: { status is 200: status == 200, is valid: $.valid == true, fast: duration < 10s }
                record: { errors: status != 200, took: $.took, served: 1 }
            """));
        Assert.Equal([("status is 200", 6L, 2L), ("is valid", 6L, 2L), ("fast", 8L, 0L)], result.Checks.Select(c => (c.Name, c.Passed, c.Failed)));
        Assert.Equal(0.25, result.Metrics.Single(m => m.Name == "errors").Value);
        Assert.Equal(6, result.Metrics.Single(m => m.Name == "took").Count);
        Assert.Equal(4, result.Errors["check"]);
        Assert.Equal([true, true, true, false], result.Thresholds.Select(t => t.Passed));
        Assert.False(result.Passed);
    }

    [Fact]
    public async Task Feeds_functions_and_variables_fill_requests()
    {
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "users.csv"), "name,city\n\"a, b\",Ulm\nc,\"D\"\"E\"\n");
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "words.json"), "[{\"w\":\"oak\"},{\"w\":\"é\"}]");
        await using var server = Answering(_ => ScriptedServer.Ok());
        await Carried.RunAsync(TransportKind.Managed, Carried.Plan(server, """
            iterations: 3
            data: { users: { csv: users.csv }, words: { json: words.json, order: random } }
            variables: { base: 'v{{ vu }}' }
            steps:
              - { method: POST, url: '/{{ base }}/{{ iteration }}?q={{ words.w }}', json: '{"name":"{{ users.name }}","city":"{{ users.city }}","n":{{ randomInt(5, 6) }},"s":{{ sequence(10) }},"p":"{{ pick("x", "y z") }}"}' }
            """));
        Assert.Equal(["/v1/1", "/v1/2", "/v1/3"], _received.Select(r => r.Path.Split('?')[0]));
        Assert.All(_received, r => Assert.Contains(r.Path.Split("q=")[1], (string[])["oak", "%C3%A9"]));
        Assert.All(_received, r => System.Text.Json.JsonDocument.Parse(r.Body));
        Assert.Contains("\"name\":\"a, b\",\"city\":\"Ulm\"", _received.ElementAt(0).Body, StringComparison.Ordinal);
        Assert.Contains("\"city\":\"D\\\"E\"", _received.ElementAt(1).Body, StringComparison.Ordinal);
        Assert.Equal([10, 11, 12], _received.Select(r => System.Text.Json.JsonDocument.Parse(r.Body).RootElement.GetProperty("s").GetInt32()));
    }

    [Fact]
    public async Task Flows_are_chosen_by_their_weights_and_scenarios_follow_each_other()
    {
        await using var server = Answering(_ => ScriptedServer.Ok());
        var result = await Carried.RunAsync(TransportKind.Managed, Carried.Plan(server, """
            scenarios:
              first: { executor: shared-iterations, iterations: 400, vus: 2, exec: { a: 3, b: 1 } }
              second: { executor: at-once, vus: 3, startAfter: first, steps: [GET /second] }
            flows: { a: [GET /a], b: [GET /b] }
            """));
        int a = _received.Count(r => r.Path == "/a");
        Assert.InRange(a, 260, 340);
        Assert.Equal(400, a + _received.Count(r => r.Path == "/b"));
        Assert.All(_received.Skip(400), r => Assert.Equal("/second", r.Path));
        Assert.Equal(403, result.Requests.Completed);
    }

    [Fact]
    public async Task Every_request_carries_what_the_plan_authenticates_with()
    {
        await using var server = Answering(_ => ScriptedServer.Ok());
        await Carried.RunAsync(TransportKind.Managed, Carried.Plan(server, "iterations: 1\nauth: { basic: { user: a, password: 'b:c' } }\nsteps: [GET /]"));
        await Carried.RunAsync(TransportKind.Managed, Carried.Plan(server, "iterations: 1\nauth: { bearer: tok }\nsteps: [GET /]"));
        Assert.Equal(["Basic YTpiOmM=", "Bearer tok"], _received.Select(r => r.Headers["Authorization"]));
    }

    [Fact]
    public async Task The_warm_up_is_sent_and_not_counted()
    {
        await using var server = Answering(_ => ScriptedServer.Ok());
        var result = await Carried.RunAsync(TransportKind.Managed, Carried.Plan(server, """
            warmUp: 500ms
            scenarios: { s: { executor: constant-arrival-rate, rate: 100, duration: 1s, maxVUs: 5, steps: [GET /] } }
            """));
        Assert.Equal(100, _received.Count);
        Assert.Equal(50, result.Requests.Completed);
        Assert.Equal(0.5, result.WarmUpSeconds);
    }

    [Fact]
    public async Task A_broken_threshold_can_end_the_run()
    {
        await using var server = Answering(_ => "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
        var result = await Carried.RunAsync(TransportKind.Managed, Carried.Plan(server, """
            scenarios: { s: { executor: constant-arrival-rate, rate: 100, duration: 60s, maxVUs: 5, steps: [GET /] } }
            thresholds: { http_req_failed: [{ threshold: 'rate<0.5', abortOnFail: true }] }
            """));
        Assert.StartsWith("http_req_failed", result.AbortedBy, StringComparison.Ordinal);
        Assert.True(result.DurationSeconds < 30);
        Assert.False(result.Passed);
    }

    [Fact]
    public async Task A_stopped_run_has_a_result_and_says_so()
    {
        await using var server = Answering(_ => ScriptedServer.Ok());
        using var stop = new CancellationTokenSource();
        var plan = Carried.Plan(server, "scenarios: { s: { executor: constant-arrival-rate, rate: 100, duration: 60s, maxVUs: 5, steps: [GET /] } }");
        var result = await new Headroom.Load.Engine.LoadRun(plan, new Headroom.Load.Engine.LoadRunOptions { Pin = false }, TimeProvider.System).RunAsync(_ => stop.Cancel(), stop.Token);
        Assert.True(result.Interrupted);
        Assert.True(result.Requests.Completed > 0 && result.DurationSeconds < 30);
        Assert.Equal(0, result.Generator.DroppedArrivals);
    }

    private ScriptedServer Answering(Func<ReceivedRequest, string> answer) => ScriptedServer.Answering(r =>
    {
        _received.Enqueue(r);
        return answer(r);
    });
}
