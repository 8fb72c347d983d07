using Headroom.Load.Plans;

namespace Headroom.Load.Tests.Transports;

/// <summary>What every transport must do, whichever carries the requests.</summary>
public sealed class TransportBehaviourTests
{
    public static TheoryData<TransportKind> Kinds() => Carried.All();

    [Theory, MemberData(nameof(Kinds))]
    public async Task Answers_are_counted_by_status_and_timed(TransportKind kind)
    {
        int n = 0;
        await using var server = ScriptedServer.Answering(_ => n++ % 2 == 0 ? ScriptedServer.Ok() : "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 10);
        Assert.Equal(10, result.Requests.Sent);
        Assert.Equal(10, result.Requests.Completed);
        Assert.Equal(5, result.Requests.Failed);
        Assert.Equal(5, result.Statuses["200"]);
        Assert.Equal(5, result.Statuses["503"]);
        Assert.Equal(5, result.Errors["5xx"]);
        Assert.Equal(10, result.ServiceTime.Count);
        Assert.True(result.ServiceTime.P50 > 0 && result.ResponseTime.Max >= result.ServiceTime.Max);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task One_user_keeps_its_connection(TransportKind kind)
    {
        await using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok(), kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 20);
        Assert.Equal(20, result.Statuses["200"]);
        Assert.Equal(1, result.Generator.ConnectionsOpened);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_is_not_reused_when_the_plan_says_so(TransportKind kind)
    {
        await using var server = ScriptedServer.Answering(r => ScriptedServer.Ok(r.Headers["Connection"], "Connection: close\r\n"), kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 5, new UrlPlanOptions { NoConnectionReuse = true });
        Assert.Equal(5, result.Statuses["200"]);
        Assert.Equal(5, result.Generator.ConnectionsOpened);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Chunked_bodies_of_any_cut_are_read_whole(TransportKind kind)
    {
        await using var server = new ScriptedServer(async c =>
        {
            while (await c.ReadAsync() is not null)
            {
                await c.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Enc");
                await c.WriteAsync("oding: chunked\r\n\r\n5;ext=1\r");
                await c.WriteAsync("\nhello\r\n1");
                await c.WriteAsync("0\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n");
            }
        }, kind.IsTls());
        var result = await Carried.RunAsync(kind, Carried.Plan(server, "iterations: 3\nsteps: [{ url: /, checks: ['body == hello0123456789abcdef', 'size == 21'] }]"));
        Assert.Equal(3, result.Statuses["200"]);
        Assert.All(result.Checks, c => Assert.Equal((3, 0), (c.Passed, c.Failed)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_body_that_ends_with_the_connection_is_whole(TransportKind kind)
    {
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await c.WriteAsync("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        }, kind.IsTls());
        var result = await Carried.RunAsync(kind, Carried.Plan(server, "iterations: 2\nsteps: [{ url: /, checks: ['size == 13'] }]"));
        Assert.Equal(2, result.Statuses["200"]);
        Assert.Equal(2, result.Checks[0].Passed);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Answers_without_a_body_leave_the_connection_usable(TransportKind kind)
    {
        await using var server = ScriptedServer.Answering(r => r.Path switch
        {
            "/204" => "HTTP/1.1 204 No Content\r\n\r\n",
            "/304" => "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
            "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            _ => "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        }, kind.IsTls());
        var result = await Carried.RunAsync(kind, Carried.Plan(server, "iterations: 3\nsteps: [GET /204, GET /304, HEAD /head, GET /201]"));
        Assert.Equal([("200", 3L), ("201", 3L), ("204", 3L), ("304", 3L)], result.Statuses.Select(s => (s.Key, s.Value)));
        Assert.Equal(1, result.Generator.ConnectionsOpened);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_request_that_gets_no_answer_in_time_is_a_timeout_and_counts_with_its_age(TransportKind kind)
    {
        var never = new TaskCompletionSource();
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await never.Task;
        }, kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 1, new UrlPlanOptions { Timeout = TimeSpan.FromMilliseconds(300) });
        never.SetResult();
        Assert.Equal(1, result.Errors["timeout"]);
        Assert.Equal(0, result.Requests.Completed);
        Assert.InRange(result.ResponseTime.Max!.Value, 290, 2000);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_request_under_way_at_the_end_counts_as_unanswered_with_its_age(TransportKind kind)
    {
        var never = new TaskCompletionSource();
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await never.Task;
        }, kind.IsTls());
        var plan = UrlPlan.Create(server.Url, new Headroom.Load.Executors.ConstantVus(2, TimeSpan.FromMilliseconds(200)), new UrlPlanOptions { GracefulStop = TimeSpan.FromMilliseconds(200), InsecureSkipTlsVerify = true });
        var result = await Carried.RunAsync(kind, plan);
        never.SetResult();
        Assert.Equal(2, result.Requests.Unanswered);
        Assert.Equal(2, result.Requests.Failed);
        Assert.Equal(2, result.ResponseTime.Count);
        Assert.InRange(result.ResponseTime.Min!.Value, 350, 3000);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_that_breaks_in_an_answer_is_a_reset(TransportKind kind)
    {
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await c.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            c.Reset();
        }, kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 3);
        Assert.Equal(3, result.Errors["reset"]);
        // No answer means no time: a refusal in 0.1 ms must not look like a fast answer.
        Assert.Equal(0, result.ResponseTime.Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_kept_connection_that_the_server_closed_meanwhile_is_replaced_without_an_error(TransportKind kind)
    {
        // Closed right after the answer, without saying so in it.
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await c.WriteAsync(ScriptedServer.Ok());
        }, kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 10);
        Assert.Equal(10, result.Statuses["200"]);
        Assert.Empty(result.Errors);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Bodies_and_headers_arrive_as_the_plan_has_them(TransportKind kind)
    {
        ReceivedRequest? received = null;
        await using var server = ScriptedServer.Answering(r =>
        {
            received = r;
            return ScriptedServer.Ok();
        }, kind.IsTls());
        await Carried.SendAsync(kind, server, 1, new UrlPlanOptions { Method = "POST", Body = "{\"a\":1}", Headers = [("Content-Type", "application/json"), ("X-One", "1")] });
        Assert.Equal("POST / HTTP/1.1", received!.Line);
        Assert.Equal("{\"a\":1}", received.Body);
        Assert.Equal("application/json", received.Headers["Content-Type"]);
        Assert.Equal("1", received.Headers["X-One"]);
        Assert.Equal($"localhost:{server.Port}", received.Headers["Host"]);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_large_request_is_sent_whole(TransportKind kind)
    {
        string body = new('x', 3_000_000);
        int length = 0;
        await using var server = ScriptedServer.Answering(r =>
        {
            length = r.Body.Length;
            return ScriptedServer.Ok();
        }, kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 2, new UrlPlanOptions { Method = "POST", Body = body });
        Assert.Equal(2, result.Statuses["200"]);
        Assert.Equal(body.Length, length);
    }

    public static TheoryData<TransportKind, string, string> HostileAnswers()
    {
        var data = new TheoryData<TransportKind, string, string>();
        foreach (var kind in Carried.All())
        {
            data.Add(kind, "garbage", "this is no HTTP at all\r\n\r\n");
            data.Add(kind, "endless headers", "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X-Header: " + new string('y', 1000) + "\r\n", 200)));
            data.Add(kind, "huge length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n");
            data.Add(kind, "bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
            data.Add(kind, "bad status", "HTTP/1.1 abc OK\r\n\r\n");
        }
        return data;
    }

    [Theory, MemberData(nameof(HostileAnswers))]
    public async Task A_hostile_answer_is_an_error_and_nothing_worse(TransportKind kind, string what, string answer)
    {
        await using var server = ScriptedServer.Answering(_ => answer, kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 2, new UrlPlanOptions { Timeout = TimeSpan.FromSeconds(2) });
        Assert.True(result.Requests.Failed == 2 && result.Errors.Keys.All(e => e is "malformed" or "reset" || (e == "timeout" && kind >= TransportKind.Managed)), $"{what}: {string.Join(", ", result.Errors)}");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_length_that_lies_is_a_timeout_or_a_reset_and_the_body_is_not_kept(TransportKind kind)
    {
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await c.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
            string piece = new('z', 64 << 10);
            for (int i = 0; i < 200; i++) await c.WriteAsync(piece);
        }, kind.IsTls());
        var result = await Carried.SendAsync(kind, server, 1, new UrlPlanOptions { Timeout = TimeSpan.FromSeconds(3) });
        Assert.True(result.Errors.Keys.Single() is "timeout" or "reset");
    }

    [Fact]
    public async Task A_refused_connection_is_told_before_anything_is_sent()
    {
        int port;
        await using (var server = ScriptedServer.Answering(_ => ScriptedServer.Ok())) port = server.Port;
        var plan = UrlPlan.Create(new Uri($"http://127.0.0.1:{port}/"), new Headroom.Load.Executors.ConstantVus(1, TimeSpan.FromSeconds(1)), new UrlPlanOptions());
        var problem = Assert.Single((await Assert.ThrowsAsync<Headroom.Configuration.Diagnostics.ProblemException>(() => Carried.RunAsync(TransportKind.Managed, plan))).Problems);
        Assert.Equal("load-host-unreachable", problem.Code);
    }

    [Fact]
    public async Task A_certificate_that_nobody_signed_is_told_before_anything_is_sent()
    {
        await using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok(), tls: true);
        var plan = UrlPlan.Create(server.Url, new Headroom.Load.Executors.ConstantVus(1, TimeSpan.FromSeconds(1)), new UrlPlanOptions());
        var problem = Assert.Single((await Assert.ThrowsAsync<Headroom.Configuration.Diagnostics.ProblemException>(() => Carried.RunAsync(TransportKind.Managed, plan))).Problems);
        Assert.Equal("load-tls", problem.Code);
    }
}
