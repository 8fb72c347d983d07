using System.Net;

namespace Headroom.Server.Tests.Hosting;

public sealed class AdmissionTests
{
    [Fact]
    public async Task A_full_server_answers_429_with_retry_after_and_loses_nothing_it_took()
    {
        await using var server = await RunningServer.StartAsync(limits: new ServerLimits { ConcurrentWrites = 1, QueuedWrites = 0 });
        // A body that does not end holds the only place.
        var body = new HeldContent("""{"service_name":"api","metric_type":"held","value":1}""");
        var held = server.Http.PostAsync(new Uri("/metrics", UriKind.Relative), body);
        await body.Started;
        HttpResponseMessage refused;
        do refused = await server.Http.PostAsync(new Uri("/metrics", UriKind.Relative), new StringContent("""{"service_name":"api","metric_type":"late","value":1}"""));
        while (refused.StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        body.Release();
        Assert.Equal(HttpStatusCode.OK, (await held).StatusCode);
        Assert.Equal(1, (await server.GetAsync("/api/v1/query?query=held")).Data.GetProperty("result").GetArrayLength());
    }

    private sealed class HeldContent(string text) : HttpContent
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public void Release() => _release.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{"u8.ToArray());
            await stream.FlushAsync();
            _started.SetResult();
            await _release.Task;
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text[1..]));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
