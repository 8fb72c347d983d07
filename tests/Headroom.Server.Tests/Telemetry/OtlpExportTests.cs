using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Headroom.Server.Tests.Telemetry;

/// <summary>Exports to a collector that keeps what it gets. Everything is sent at the end, so nothing here waits for a timer.</summary>
public sealed class OtlpExportTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Metrics_and_traces_reach_the_collector_with_the_callers_trace_and_the_documents_names()
    {
        await using var collector = await Collector.StartAsync();
        var settings = new ServerSettings { Telemetry = new() { Otlp = collector.Url, TraceSampling = 0, Environment = "dev", Headers = new Dictionary<string, string> { ["x-token"] = "s3cret=,%" } } };
        string log;
        await using (var server = await RunningServer.StartAsync(settings: settings))
        {
            await server.StoreAsync("up 1\n");
            await server.SendAsync(HttpMethod.Get, "/api/v1/query?query=up", null, ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"));
            await server.GetAsync("/api/v1/labels");
            await server.GetAsync("/api/v1/labels");
            log = await server.StopAsync();
        }
        string metrics = collector.Received("/v1/metrics");
        Assert.All(["E2ELatency", "CacheHitRate", "headroom.http.requests", "headroom.ingest.samples", "dotnet.gc.collections", "dotnet.thread_pool.thread.count", "dotnet.process.memory.working_set", "Environment", "dev", "headroom"],
            name => Assert.Contains(name, metrics));
        string traces = collector.Received("/v1/traces");
        Assert.Contains("GET /api/v1/query", traces);
        Assert.Contains(Encoding.Latin1.GetString(Convert.FromHexString(TraceId)), traces);
        // The caller's trace was sampled; one that starts here is not, at 0%.
        Assert.DoesNotContain("/api/v1/labels", traces);
        Assert.All(collector.Tokens, token => Assert.Equal("s3cret=,%", token));
        Assert.DoesNotContain("s3cret", log);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_costs_nothing_but_a_line()
    {
        string log;
        await using (var server = await RunningServer.StartAsync(settings: new() { Telemetry = new() { Otlp = new Uri("http://127.0.0.1:9"), TraceSampling = 1 } }))
        {
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/labels")).Status);
            log = await server.StopAsync();
        }
        Assert.Contains("Stopped", log);
    }

    private sealed class Collector : IAsyncDisposable
    {
        private readonly List<(string Path, string Body, string Token)> _received = [];
        private WebApplication? _app;

        public Uri Url => new(_app!.Urls.First());

        public IReadOnlyList<string> Tokens
        {
            get { lock (_received) return [.. _received.Select(r => r.Token)]; }
        }

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore();
            collector._app = builder.Build();
            collector._app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                lock (collector._received) collector._received.Add((context.Request.Path, Encoding.Latin1.GetString(body.ToArray()), context.Request.Headers["x-token"].ToString()));
                context.Response.ContentType = "application/x-protobuf";
            });
            await collector._app.StartAsync();
            return collector;
        }

        public string Received(string path)
        {
            lock (_received) return string.Concat(_received.Where(r => r.Path == path).Select(r => r.Body));
        }

        public async ValueTask DisposeAsync() => await _app!.DisposeAsync();
    }
}
