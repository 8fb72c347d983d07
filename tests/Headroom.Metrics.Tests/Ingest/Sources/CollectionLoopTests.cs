using Headroom.Metrics.Ingest.Sources;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Sources;

public sealed class CollectionLoopTests
{
    private readonly VirtualTimeProvider _time = new();
    private readonly HeardEvents _heard = new();

    [Fact]
    public async Task It_runs_every_period_from_an_offset_that_its_name_decides()
    {
        var instants = new List<long>();
        var loop = new CollectionLoop("a", TimeSpan.FromSeconds(15), _time, _heard, (instant, _) =>
        {
            instants.Add(instant);
            return Task.CompletedTask;
        });
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        long start = _time.GetUtcNow().ToUnixTimeMilliseconds();
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await running;
        Assert.InRange(loop.Offset, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        long first = start + (long)loop.Offset.TotalMilliseconds;
        Assert.Equal([first, first + 15_000, first + 30_000, first + 45_000], instants.Take(4));
    }

    [Fact]
    public void Many_sources_do_not_begin_at_once()
    {
        var offsets = Enumerable.Range(0, 100).Select(i => new CollectionLoop($"scrape http://host-{i}:9100/metrics", TimeSpan.FromSeconds(15), _time, _heard, (_, _) => Task.CompletedTask).Offset).ToList();
        for (int second = 0; second < 10; second++) Assert.InRange(offsets.Count(o => (int)o.TotalSeconds == second), 1, 30);
    }

    [Fact]
    public async Task A_slow_run_skips_the_instants_it_missed_and_does_not_overlap()
    {
        var instants = new List<long>();
        var slow = new TaskCompletionSource();
        var loop = new CollectionLoop("a", TimeSpan.FromSeconds(10), _time, _heard, (instant, _) =>
        {
            instants.Add(instant);
            return instants.Count == 1 ? slow.Task : Task.CompletedTask;
        });
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await _time.AdvanceAsync(loop.Offset + TimeSpan.FromSeconds(34));
        Assert.Single(instants);
        slow.SetResult();
        await _time.AdvanceAsync(TimeSpan.FromSeconds(7));
        await stop.CancelAsync();
        await running;
        Assert.Equal([instants[0], instants[0] + 40_000], instants);
    }

    [Fact]
    public async Task A_failure_is_told_once_and_does_not_end_the_loop()
    {
        int runs = 0;
        var loop = new CollectionLoop("a", TimeSpan.FromSeconds(10), _time, _heard, (_, _) => ++runs <= 3 ? throw new InvalidOperationException("disk full") : Task.CompletedTask);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await running;
        Assert.Equal(["failed a: disk full", "recovered a"], _heard.Events);
    }

    [Fact]
    public async Task Stopping_ends_a_run_that_hangs()
    {
        var loop = new CollectionLoop("a", TimeSpan.FromSeconds(10), _time, _heard, (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel));
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(11));
        await stop.CancelAsync();
        await running;
        Assert.Empty(_heard.Events);
    }
}
