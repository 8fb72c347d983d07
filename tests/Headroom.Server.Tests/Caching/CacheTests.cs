using System.Net;
using Headroom.Server.Caching;

namespace Headroom.Server.Tests.Caching;

public sealed class CacheTests
{
    private const string At = "&time=2026-03-01T12:00:00Z";

    private static string Status(Answer answer) => answer.Response.Headers.TryGetValues("Cache-Status", out var values) ? Assert.Single(values) : "none";

    [Fact]
    public void The_lengths_are_those_of_the_documents()
    {
        var settings = new CacheSettings();
        Assert.Equal((300, 3600, 60), (settings.Ttl.TotalSeconds, settings.PathTtl.TotalSeconds, settings.BodyTtl.TotalSeconds));
    }

    [Fact]
    public async Task The_same_question_is_answered_from_the_cache_until_its_time_is_over()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("up 1\n");
        var first = await server.GetAsync("/api/v1/query?query=up" + At);
        Assert.Equal("headroom; fwd=uri-miss", Status(first));
        var second = await server.GetAsync("/api/v1/query?query=up" + At);
        Assert.Equal("headroom; hit", Status(second));
        Assert.Equal(first.Body, second.Body);
        server.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal("headroom; hit", Status(await server.GetAsync("/api/v1/query?query=up" + At)));
        server.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("headroom; fwd=uri-miss", Status(await server.GetAsync("/api/v1/query?query=up" + At)));
    }

    [Theory]
    [InlineData("/api/v1/query?query=up" + At, 300)]
    [InlineData("/api/v1/query?query=up", 1)]
    [InlineData("/api/v1/query_range?query=up&start=1772362800&end=1772366400&step=60", 300)]
    [InlineData("/api/v1/series?match[]=up", 300)]
    [InlineData("/api/v1/labels", 300)]
    [InlineData("/api/v1/label/__name__/values", 3600)]
    [InlineData("/api/samples?service=api", 300)]
    public async Task Each_route_has_its_length(string path, int seconds)
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("up{service=\"api\"} 1\n");
        Assert.Equal("headroom; fwd=uri-miss", Status(await server.GetAsync(path)));
        server.Time.Advance(TimeSpan.FromSeconds(seconds - 0.5));
        Assert.Equal("headroom; hit", Status(await server.GetAsync(path)));
        server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("headroom; fwd=uri-miss", Status(await server.GetAsync(path)));
    }

    [Fact]
    public async Task A_form_is_kept_by_what_its_body_asks()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("up 1\ndown 0\n");
        Task<Answer> Ask(string query) => server.PostFormAsync("/api/v1/query", ("query", query), ("time", "2026-03-01T12:00:00Z"));
        var up = await Ask("up");
        Assert.Equal("headroom; fwd=uri-miss", Status(up));
        Assert.Equal("headroom; fwd=uri-miss", Status(await Ask("down")));
        var again = await Ask("up");
        Assert.Equal(("headroom; hit", up.Body), (Status(again), again.Body));
        server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("headroom; fwd=uri-miss", Status(await Ask("up")));
    }

    [Fact]
    public async Task What_was_acknowledged_shows_in_every_read_after_it()
    {
        await using var server = await RunningServer.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await server.PostAsync("/metrics", $$"""{"service_name":"api","metric_type":"m{{i}}","value":{{i}}}""");
            Assert.Equal(i + 1, (await server.GetAsync("/api/v1/label/__name__/values")).Data.GetArrayLength());
            Assert.Equal(1, (await server.GetAsync($"/api/v1/query?query=m{i}" + At)).Data.GetProperty("result").GetArrayLength());
        }
    }

    [Fact]
    public async Task Settled_time_outlives_new_samples_and_not_a_write_into_it()
    {
        await using var server = await RunningServer.StartAsync();
        const string Yesterday = "/api/v1/query_range?query=up&start=2026-02-28T00:00:00Z&end=2026-02-28T12:00:00Z&step=3600";
        const string Ahead = "/api/v1/query_range?query=up%20offset%20-1d&start=2026-02-28T00:00:00Z&end=2026-02-28T12:00:00Z&step=3600";
        await server.StoreAsync("up 1 1772236800000\n");
        await server.GetAsync(Yesterday);
        await server.GetAsync(Ahead);
        await server.StoreAsync("up 2\n");
        Assert.Equal("headroom; hit", Status(await server.GetAsync(Yesterday)));
        // A negative offset looks past the end of its range, so the same write makes it void.
        Assert.Equal("headroom; fwd=uri-miss", Status(await server.GetAsync(Ahead)));
        await server.StoreAsync("other 3 1772240400000\n");
        Assert.Equal("headroom; fwd=uri-miss", Status(await server.GetAsync(Yesterday)));
    }

    [Fact]
    public async Task Staleness_is_allowed_only_as_long_as_it_is_set_to()
    {
        await using var server = await RunningServer.StartAsync(settings: new() { Cache = new() { Staleness = TimeSpan.FromSeconds(15) } });
        await server.StoreAsync("up 1\n");
        await server.GetAsync("/api/v1/label/__name__/values");
        await server.StoreAsync("down 0\n");
        Assert.Equal("headroom; hit", Status(await server.GetAsync("/api/v1/label/__name__/values")));
        server.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(2, (await server.GetAsync("/api/v1/label/__name__/values")).Data.GetArrayLength());
    }

    [Fact]
    public async Task A_client_that_wants_it_fresh_gets_it_fresh()
    {
        await using var server = await RunningServer.StartAsync();
        await server.GetAsync("/api/v1/labels");
        Assert.Equal("headroom; fwd=request", Status(await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, ("Cache-Control", "no-cache"))));
        Assert.Equal("headroom; fwd=request", Status(await server.SendAsync(HttpMethod.Get, "/api/v1/series?match[]=x", null, ("Cache-Control", "no-store"))));
        // Nothing of it was kept, either.
        Assert.Equal("headroom; fwd=uri-miss", Status(await server.GetAsync("/api/v1/series?match[]=x")));
    }

    [Fact]
    public async Task Errors_writes_the_socket_and_unknown_parameters_are_never_kept()
    {
        await using var server = await RunningServer.StartAsync();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal((HttpStatusCode.BadRequest, "headroom; fwd=uri-miss"), (await server.GetAsync("/api/v1/query?query=)" + At)) is var bad ? (bad.Status, Status(bad)) : default);
            Assert.Equal("none", Status(await server.GetAsync("/api/v1/labels?stats=all")));
            Assert.Equal("none", Status(await Answer.OfAsync(await server.Socket.GetAsync("/api/v1/labels"))));
            Assert.Equal("none", Status(await server.PostAsync("/metrics", """{"service_name":"a","metric_type":"b","value":1}""")));
            Assert.Equal("none", Status(await server.GetAsync("/metrics")));
        }
    }

    [Fact]
    public async Task Label_names_that_differ_in_case_are_different_questions()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("up{job=\"a\",Job=\"b\"} 1\n");
        Assert.Equal("a", (await server.GetAsync("/api/v1/label/job/values")).Data[0].GetString());
        Assert.Equal("b", (await server.GetAsync("/api/v1/label/Job/values")).Data[0].GetString());
    }

    [Fact]
    public async Task The_hit_rate_is_a_metric_under_the_documents_name()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.DoesNotContain("CacheHitRate ", (await server.GetAsync("/metrics")).Body.Replace("CacheHitRate gauge", "").Replace("CacheHitRate Of", ""));
        for (int i = 0; i < 4; i++) await server.GetAsync("/api/v1/labels");
        string metrics = (await server.GetAsync("/metrics")).Body;
        Assert.Contains("\nCacheHitRate 75\n", metrics);
        Assert.Contains("""headroom_cache_requests_total{result="hit"} 3""", metrics);
        // What lies more than five minutes back is forgotten.
        server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.DoesNotContain("\nCacheHitRate 75\n", (await server.GetAsync("/metrics")).Body);
    }

    [Fact]
    public async Task Memory_is_bounded_and_the_answer_not_asked_for_longest_goes_first()
    {
        var time = new TestKit.VirtualTimeProvider();
        var store = new BoundedCacheStore(10_000, time);
        for (int i = 0; i < 100; i++)
        {
            await store.SetAsync($"key{i}", new byte[800], null, TimeSpan.FromHours(1), default);
            // The first one stays in use.
            Assert.NotNull(await store.GetAsync("key0", default));
            Assert.True(store.Size.Bytes <= 10_000);
        }
        Assert.NotNull(await store.GetAsync("key99", default));
        Assert.Null(await store.GetAsync("key50", default));
        await store.SetAsync("large", new byte[9_000], null, TimeSpan.FromHours(1), default);
        Assert.Null(await store.GetAsync("large", default));
        Assert.Equal(100 - store.Size.Entries, store.Size.Evicted);
    }

    [Fact]
    public async Task What_was_deleted_is_in_no_kept_answer()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync("up 1\ndown 0\n");
        Assert.Equal(2, (await server.GetAsync("/api/v1/label/__name__/values")).Data.GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, (await server.PostAsync("/api/v1/admin/tsdb/delete_series?match[]=down", "")).Status);
        Assert.Equal(1, (await server.GetAsync("/api/v1/label/__name__/values")).Data.GetArrayLength());
    }
}
