using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Metrics.Ingest.Probes;
using Headroom.Metrics.Ingest.Sources;

namespace Headroom.Metrics.Tests.Ingest.Sources;

public sealed class SourcesSettingsTests
{
    private sealed class OneFile(string yaml) : IConfigurationFiles
    {
        public string FullPath(string path, string directory) => "/" + path;

        public bool Exists(string fullPath) => true;

        public byte[] Read(string fullPath, int maximumBytes, out Problem? problem)
        {
            problem = null;
            return Encoding.UTF8.GetBytes(yaml);
        }

        public IReadOnlyList<string> Match(string fullFolder, string pattern) => [];
    }

    private static ConfigurationOutcome Load(string yaml) =>
        new ConfigurationLoader([SourcesSettings.Section], new OneFile(yaml), name => name == "TOKEN" ? "s3cret" : null).Load("headroom.yaml", "/");

    [Fact]
    public void The_section_of_the_design_is_read_with_its_defaults()
    {
        var sources = Load("""
            sources:
              scrape: [{ url: http://localhost:9100/metrics, every: 15s, labels: { service: node }, headers: { Authorization: "Bearer ${TOKEN}" } }]
              probes: [{ url: https://api.example.com/health, every: 15m, timeout: 5s, expect: 200, labels: { service: api } }, { url: https://example.com, expect: [2xx, 301..302], match: "o.k" }]
              cloudwatch: [{ region: us-east-1, namespace: AWS/ECS, metric: CPUUtilization, statistics: [Average, p99], every: 60s }]
            """).OrThrow().Get(SourcesSettings.Section);
        var scrape = Assert.Single(sources.Scrape);
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), "Bearer s3cret", 100_000), (scrape.Every, scrape.Timeout, scrape.Headers["Authorization"], scrape.SampleLimit));
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5), "GET", RedirectPolicy.SameHost), (sources.Probes[1].Every, sources.Probes[1].Timeout, sources.Probes[1].Method, sources.Probes[1].Redirects));
        Assert.Equal([new StatusRange(200, 200)], sources.Probes[0].Expect);
        Assert.Equal([new StatusRange(200, 299), new StatusRange(301, 302)], sources.Probes[1].Expect);
        var cloudWatch = Assert.Single(sources.CloudWatch);
        Assert.Equal(["Average", "p99"], cloudWatch.Statistics);
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromHours(3)), (cloudWatch.Delay, cloudWatch.Backfill));
    }

    [Fact]
    public void A_short_period_shortens_the_timeout_that_is_not_given() =>
        Assert.Equal(TimeSpan.FromSeconds(5), Load("sources: { scrape: [{ url: http://a/m, every: 5s }] }").OrThrow().Get(SourcesSettings.Section).Scrape[0].Timeout);

    [Theory]
    [InlineData("scrape: [{ every: 15s }]", "yaml-missing-key")]
    [InlineData("scrape: [{ url: ftp://a/m }]", "yaml-bad-value")]
    [InlineData("scrape: [{ url: http://user:pw@a/m }]", "yaml-bad-value")]
    [InlineData("scrape: [{ url: http://a/m, interval: 15s }]", "yaml-unknown-key")]
    [InlineData("scrape: [{ url: http://a/m, every: 5s, timeout: 6s }]", "source-timeout")]
    [InlineData("scrape: [{ url: http://a/m, labels: { __name__: x } }]", "source-label")]
    [InlineData("scrape: [{ url: http://a/m, headers: { 'a b': x } }]", "source-header")]
    [InlineData("scrape: [{ url: http://a/m, headers: { x: \"a\\nb\" } }]", "source-header")]
    [InlineData("scrape: [{ url: http://a/m }, { url: http://a/n }]", "source-twice")]
    [InlineData("probes: [{ url: http://a/m }, { url: 'http://a/m?x' }]", "source-twice")]
    [InlineData("probes: [{ url: http://a/m, expect: 99 }]", "yaml-bad-value")]
    [InlineData("probes: [{ url: http://a/m, expect: 300..200 }]", "yaml-bad-value")]
    [InlineData("probes: [{ url: http://a/m, match: '(' }]", "probe-match")]
    [InlineData("probes: [{ url: http://a/m, match: '(?=x)' }]", "probe-match")]
    [InlineData("probes: [{ url: http://a/m, match: x, method: HEAD }]", "probe-match")]
    [InlineData("probes: [{ url: http://a/m, body: x }]", "probe-body")]
    [InlineData("probes: [{ url: http://a/m, every: 1s }]", "source-timeout")]
    [InlineData("cloudwatch: [{ region: r, namespace: n }]", "yaml-missing-key")]
    [InlineData("cloudwatch: [{ region: r, namespace: n, metric: m, every: 45s }]", "cloudwatch-period")]
    [InlineData("cloudwatch: [{ region: r, namespace: n, metric: m, statistics: [Mean] }]", "yaml-bad-value")]
    [InlineData("cloudwatch: [{ region: r, namespace: n, metric: m, backfill: 30d }]", "cloudwatch-backfill")]
    [InlineData("statsd: []", "yaml-unknown-key")]
    public void What_is_wrong_is_named_with_its_place(string yaml, string code)
    {
        var problem = Assert.Single(Load($"sources:\n  {yaml}\n").Problems);
        Assert.Equal(code, problem.Code);
        Assert.StartsWith("headroom.yaml:2", problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_targets_of_one_host_are_told_apart_by_a_label() =>
        Assert.Empty(Load("sources: { scrape: [{ url: http://a/m, labels: { part: m } }, { url: http://a/n, labels: { part: n } }] }").Problems);
}
