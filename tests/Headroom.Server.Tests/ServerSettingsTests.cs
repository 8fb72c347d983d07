using Headroom.Configuration.Diagnostics;
using Headroom.Server.Keys;
using Headroom.Server.Logging;
using Headroom.Server.Projects;
using Headroom.Server.Telemetry;

namespace Headroom.Server.Tests;

public sealed class ServerSettingsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Everything_about_the_server_can_be_set()
    {
        var settings = Read("""
            project: test
            server:
              telemetry: { otlp: "http://collector:4317", protocol: grpc, headers: { authorization: Bearer x }, every: 30s, traceSampling: 25%, environment: dev }
              logging: { format: json, level: warn, queue: 100, sampleAfter: 5, sampleKeep: 50% }
              cache: { enabled: false, size: 1MiB, ttl: 10s, pathTtl: 20s, bodyTtl: 5s, nowTtl: 2s, staleness: 15s }
              compression: { enabled: false }
              throttle: { enabled: true, rate: 10, burst: 20 }
              keys: always
              limits: { ingestBody: 1MiB, concurrentReads: 4, queryTimeout: 10s, querySamples: 1000000 }
            """);
        Assert.Equal((OtlpTransport.Grpc, 0.25, "dev"), (settings.Telemetry.Protocol, settings.Telemetry.TraceSampling, settings.Telemetry.Environment));
        Assert.Equal("http://collector:4317/", settings.Telemetry.Otlp!.ToString());
        Assert.Equal((LogFormat.Json, Microsoft.Extensions.Logging.LogLevel.Warning, 100, 5, 0.5), (settings.Logging.Format, settings.Logging.Level, settings.Logging.Queue, settings.Logging.SampleAfter, settings.Logging.SampleKeep));
        Assert.Equal((false, 1L << 20, TimeSpan.FromSeconds(15)), (settings.Cache.Enabled, settings.Cache.SizeBytes, settings.Cache.Staleness));
        Assert.False(settings.Compression.Enabled);
        Assert.Equal((10, 20), (settings.Throttle.Rate, settings.Throttle.Burst));
        Assert.Equal(KeyRequirement.Always, settings.Keys);
        Assert.Equal((1L << 20, 4, 1_000_000L), (settings.Limits.IngestBodyBytes, settings.Limits.ConcurrentReads, settings.Limits.QuerySamples));
    }

    [Fact]
    public void What_the_file_leaves_out_is_as_without_it() => Assert.Equivalent(new ServerSettings(), Read("project: test\nserver: {}\n"));

    [Fact]
    public void Every_error_is_told_at_once_and_no_secret_is()
    {
        Environment.SetEnvironmentVariable("HEADROOM_TEST_SECRET", "s3cret");
        var refused = Assert.Throws<ProblemException>(() => Read("""
            project: test
            server:
              telemetry: { otlp: "${HEADROOM_TEST_SECRET}", every: 1ms }
              throttle: { rate: 0 }
              cachee: {}
            """));
        Assert.Equal(4, refused.Problems.Count);
        Assert.All(refused.Problems, p => Assert.DoesNotContain("s3cret", p.ToString()));
        Assert.Contains(refused.Problems, p => p.Fix == "Did you mean 'cache'?");
    }

    private ServerSettings Read(string yaml)
    {
        File.WriteAllText(_file, yaml);
        return ProjectFile.ServerOf(_file);
    }

    public void Dispose() => File.Delete(_file);
}
