using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.Prometheus;

public sealed class PrometheusSettingsTests
{
    [Fact]
    public void A_cluster_is_described_in_one_mapping()
    {
        var settings = Read("""
            metrics:
              backend: prometheus
              promql: [promql-experimental-functions, promql-duration-expr]
              prometheus:
                url: https://example.com/prom
                auth: { basic: { name: u, password: "${SECRET}" } }
                remote_write: "2.0"
                distributions: classic
                instance: gw
            """);
        var cluster = settings.Prometheus!;
        Assert.Equal(MetricsBackendKind.Prometheus, settings.Backend);
        Assert.Equal(PromqlFeatures.ExperimentalFunctions | PromqlFeatures.DurationExpressions, settings.Promql);
        Assert.Equal(("https://example.com/prom", RemoteWriteProtocol.Version2, DistributionForm.Classic, "gw"), (cluster.Url.ToString(), cluster.Protocol, cluster.Distributions, cluster.Instance));
        Assert.Equal("hidden", cluster.Auth!.Basic!.Password);
        Assert.DoesNotContain("hidden", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sigv4_signs_for_amazon_managed_prometheus_by_default() =>
        Assert.Equal(new SigV4Settings("eu-west-1", "aps"), Read("metrics: { backend: prometheus, prometheus: { url: https://aps.example, auth: { sigv4: { region: eu-west-1 } } } }").Prometheus!.Auth!.SigV4);

    [Theory]
    [InlineData("metrics: { backend: prometheus }", "prometheus-missing")]
    [InlineData("metrics: { prometheus: { url: http://p:9090 } }", "prometheus-unused")]
    [InlineData("metrics: { backend: prometheus, prometheus: { url: http://p:9090, auth: { bearer: secret } } }", "secret-in-file")]
    [InlineData("metrics: { backend: prometheus, prometheus: { url: http://p:9090, auth: { basic: { name: u, password: secret } } } }", "secret-in-file")]
    [InlineData("metrics: { backend: prometheus, prometheus: { url: http://p:9090, auth: { bearer: \"${SECRET}\", sigv4: { region: r } } } }", "auth-ambiguous")]
    public void What_is_wrong_is_said(string yaml, string code)
    {
        var problems = Assert.Throws<ProblemException>(() => Read(yaml)).Problems;
        Assert.Contains(problems, p => p.Code == code);
        Assert.All(problems, p => Assert.DoesNotContain("hidden", p.ToString(), StringComparison.Ordinal));
    }

    private static MetricsSettings Read(string yaml)
    {
        var directory = Directory.CreateTempSubdirectory("headroom-settings-");
        try
        {
            string path = Path.Combine(directory.FullName, "headroom.yaml");
            File.WriteAllText(path, yaml);
            var loader = new ConfigurationLoader([MetricsSettings.Section], new DiskFiles(), name => name == "SECRET" ? "hidden" : null);
            return loader.Load(path, directory.FullName).OrThrow().Get(MetricsSettings.Section);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
