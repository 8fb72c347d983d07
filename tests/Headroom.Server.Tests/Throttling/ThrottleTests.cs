using System.Net;
using Headroom.Server.Keys;
using Headroom.Server.Tests.Keys;
using Headroom.Server.Throttling;

namespace Headroom.Server.Tests.Throttling;

public sealed class ThrottleTests
{
    private const string Sample = """{"service_name":"api","metric_type":"requests","value":1}""";

    [Fact]
    public void The_defaults_are_the_tuning_guides() => Assert.Equal((1000, 2000), (new ThrottleSettings().Rate, new ThrottleSettings().Burst));

    [Fact]
    public async Task The_burst_is_served_the_next_refused_and_time_brings_back_the_rate()
    {
        await using var server = await RunningServer.StartAsync(settings: new() { Throttle = new() { Rate = 2, Burst = 5 } });
        for (int i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/labels")).Status);
        var refused = await server.GetAsync("/api/v1/labels");
        Assert.Equal((HttpStatusCode.TooManyRequests, "throttled"), (refused.Status, refused.Json.GetProperty("code").GetString()));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Response.Headers.RetryAfter!.Delta);
        // Just short of half a second there is no permit; with it there is exactly one.
        server.Time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.GetAsync("/api/v1/labels")).Status);
        server.Time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/labels")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.GetAsync("/api/v1/labels")).Status);
        // A long quiet time saves a burst and no more.
        server.Time.Advance(TimeSpan.FromHours(1));
        int served = 0;
        while ((await server.GetAsync("/api/v1/labels")).Status == HttpStatusCode.OK) served++;
        Assert.Equal(5, served);
    }

    [Fact]
    public async Task The_default_burst_is_2000_to_the_request()
    {
        await using var server = await RunningServer.StartAsync();
        var statuses = new List<HttpStatusCode>();
        for (int i = 0; i < 2010; i++) statuses.Add((await server.Http.GetAsync(new Uri("/openapi", UriKind.Relative))).StatusCode);
        Assert.Equal(2000, statuses.TakeWhile(s => s == HttpStatusCode.NotFound).Count());
        Assert.All(statuses[2000..], s => Assert.Equal(HttpStatusCode.TooManyRequests, s));
    }

    [Fact]
    public async Task A_write_is_stored_or_refused_and_one_that_was_acknowledged_is_there()
    {
        await using var server = await RunningServer.StartAsync(settings: new() { Throttle = new() { Rate = 1, Burst = 3 } });
        int acknowledged = 0;
        for (int i = 0; i < 10; i++)
            if ((await server.PostAsync("/metrics", Sample.Replace("requests", "requests_" + i))).Status == HttpStatusCode.OK) acknowledged++;
        Assert.Equal(3, acknowledged);
        var stored = await Answer.OfAsync(await server.Socket.GetAsync(new Uri("/api/v1/label/__name__/values", UriKind.Relative)));
        Assert.Equal(acknowledged, stored.Data.GetArrayLength());
    }

    [Fact]
    public async Task Each_key_has_a_bucket_of_its_own_and_liveness_and_the_socket_have_none()
    {
        await using var server = await RunningServer.StartAsync(settings: new() { Keys = KeyRequirement.Always, Throttle = new() { Rate = 1, Burst = 2 } });
        string one = await KeyAccessTests.CreateAsync(server.Server, server.DataDirectory, "read");
        string two = await KeyAccessTests.CreateAsync(server.Server, server.DataDirectory, "read");
        async Task<HttpStatusCode> Ask(string key) => (await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, ("X-Api-Key", key))).Status;
        Assert.Equal(HttpStatusCode.OK, await Ask(one));
        Assert.Equal(HttpStatusCode.OK, await Ask(one));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Ask(one));
        Assert.Equal(HttpStatusCode.OK, await Ask(two));
        // Guesses at keys are throttled by their address, before anything else is done for them.
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask("hr_guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask("hr_guess"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Ask("hr_guess"));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health")).Status);
            Assert.Equal(HttpStatusCode.OK, (await server.Socket.GetAsync(new Uri("/api/v1/labels", UriKind.Relative))).StatusCode);
        }
    }

    [Fact]
    public void Addresses_share_a_bounded_number_of_buckets_and_an_ipv6_network_is_one_client()
    {
        var random = new Random(7);
        byte[] address = new byte[16];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(address);
            Assert.InRange(Throttle.Bucket(new IPAddress(address)), 0, Throttle.AddressBuckets - 1);
        }
        Assert.Equal(Throttle.Bucket(IPAddress.Parse("2001:db8:1:2::1")), Throttle.Bucket(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.Equal(Throttle.Bucket(IPAddress.Parse("192.0.2.7")), Throttle.Bucket(IPAddress.Parse("::ffff:192.0.2.7")));
    }
}
