using Headroom.Load.Engine;
using Headroom.Load.Executors;
using Headroom.Load.Plans;
using Headroom.Load.Tests.Transports;
using Headroom.Load.Transports;
using Headroom.Load.Transports.Epoll;

namespace Headroom.Load.Tests.Engine;

/// <summary>What the numbers must show, and what measuring may cost.</summary>
public sealed class HonestyTests
{
    [Fact]
    public async Task A_stall_is_in_the_response_times_of_all_who_waited_for_it()
    {
        int n = 0;
        // The twentieth of 200 arrivals at 100/s is held for about a second; one user, so all behind it wait.
        await using var server = new ScriptedServer(async c =>
        {
            while (await c.ReadAsync() is not null)
            {
                if (Interlocked.Increment(ref n) == 20) await Task.Delay(1000, TestContext.Current.CancellationToken);
                await c.WriteAsync(ScriptedServer.Ok());
            }
        });
        var plan = UrlPlan.Create(server.Url, new ConstantArrivalRate(100, TimeSpan.FromSeconds(2)) { MaxVusGiven = 1 }, new UrlPlanOptions());
        var result = await Carried.RunAsync(OperatingSystem.IsLinux() ? TransportKind.Epoll : TransportKind.Managed, plan);
        Assert.Equal(200, result.Requests.Completed);
        // A hundred waited from 1,000 ms down to nothing: the median of all lies well above any service time.
        Assert.InRange(result.ResponseTime.P90!.Value, 600, 1000);
        Assert.True(result.ServiceTime.P90 < 100, $"service time p90 is {result.ServiceTime.P90} ms");
        Assert.Equal(0, result.Generator.DroppedArrivals);
    }

    [Fact]
    public async Task Arrivals_that_never_found_a_user_make_the_run_invalid()
    {
        var never = new TaskCompletionSource();
        await using var server = new ScriptedServer(async c =>
        {
            await c.ReadAsync();
            await never.Task;
        });
        var plan = UrlPlan.Create(server.Url, new ConstantArrivalRate(100, TimeSpan.FromMilliseconds(500)) { MaxVusGiven = 2 }, new UrlPlanOptions { GracefulStop = TimeSpan.FromMilliseconds(100) });
        var result = await Carried.RunAsync(TransportKind.Managed, plan);
        never.SetResult();
        Assert.False(result.Valid);
        Assert.Equal(48, result.Generator.DroppedArrivals);
        Assert.Contains("48 of 50 arrivals", result.InvalidReasons.Single(r => r.Contains("arrivals", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_threads_together_do_exactly_what_the_plan_says()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the managed transport has one thread");
        await using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok());
        foreach (LoadShape shape in (LoadShape[])[new SharedIterations(7, 500, TimeSpan.FromSeconds(30)), new PerVuIterations(10, 50, TimeSpan.FromSeconds(30)), new ConstantArrivalRate(250, TimeSpan.FromSeconds(2)) { MaxVusGiven = 20 }])
        {
            var result = await new LoadRun(UrlPlan.Create(server.Url, shape, new UrlPlanOptions()), new LoadRunOptions { Threads = 3, Pin = false }, TimeProvider.System).RunAsync(null, TestContext.Current.CancellationToken);
            Assert.Equal((500, 500, 3), (result.Requests.Sent, result.Requests.Completed, result.Generator.Workers));
            Assert.Equal(500, result.Iterations.Completed);
        }
    }

    [Fact]
    public async Task A_request_allocates_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the transport that allocates nothing needs epoll");
        await using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok());
        var allocated = await AllocatedAsync(server, 3000);
        // What is left is a bucket that is new, and a second that ends: not something of a request's.
        int silent = allocated.Count(bytes => bytes == 0);
        Assert.True(silent > allocated.Count * 0.97, $"{allocated.Count - silent} of {allocated.Count} turns of the loop allocated");
    }

    /// <summary>What each turn of a worker's loop allocated, the first hundred left out.</summary>
    private static Task<List<long>> AllocatedAsync(ScriptedServer server, int requests)
    {
        var done = new TaskCompletionSource<List<long>>();
        new Thread(() =>
        {
            var plan = UrlPlan.Create(server.Url, new SharedIterations(4, requests, TimeSpan.FromSeconds(30)), new UrlPlanOptions());
            var clock = new LoadClock(TimeProvider.System);
            var context = new RunContext(new RunProgram(plan), clock, TimeProvider.System, 1);
            using var transport = new Watched(new EpollTransport(clock, new TransportOptions { Targets = [new Target(plan.Origins[0], [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, server.Port)])] }));
            var worker = new LoadWorker(context, transport, 0);
            worker.Run(null);
            done.SetResult([.. transport.Allocated.Skip(100)]);
        }).Start();
        return done.Task;
    }

    /// <summary>Looks at what was allocated from one wait to the next.</summary>
    private sealed class Watched(ITransport inner) : ITransport
    {
        private long _before;

        public List<long> Allocated { get; } = new(100_000);

        public string Name => inner.Name;

        public long ConnectionsOpened => inner.ConnectionsOpened;

        public void Send(Exchange exchange, long now) => inner.Send(exchange, now);

        public void Poll(long until)
        {
            inner.Poll(until);
            long now = GC.GetAllocatedBytesForCurrentThread();
            Allocated.Add(now - _before);
            _before = now;
        }

        public void Cancel(Exchange exchange) => inner.Cancel(exchange);

        public void Release(ConnectionSet connections) => inner.Release(connections);

        public void Dispose() => inner.Dispose();
    }
}
