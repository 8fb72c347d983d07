using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage;

public sealed class StoreSettingsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_design()
    {
        var settings = Read("{ backend: embedded }");
        Assert.Equal((35, 180, 730), (settings.Retention.Raw.TotalDays, settings.Retention.FiveMinutes.TotalDays, settings.Retention.Hour.TotalDays));
        Assert.Equal(StoreSettings.Default, settings);
        Assert.Equal((1_000_000, 64, 1024, 4096, 100_000), (settings.MaxSeries, settings.MaxLabels, settings.MaxLabelNameLength, settings.MaxLabelValueLength, settings.MaxExemplars));
    }

    [Fact]
    public void Each_key_reaches_the_options_of_the_store()
    {
        var settings = Read("{ retention: { raw: 1d, 5m: 2d, 1h: 3w }, outOfOrderWindow: 1h, limits: { series: 7, labels: 8, labelName: 9, labelValue: 10, exemplars: 0 } }");
        var options = settings.Apply(new EmbeddedStoreOptions { Directory = "d" }, knowsRetention: true);
        Assert.Equal(new RetentionPolicy(TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(21)), options.Retention);
        Assert.Equal((TimeSpan.FromHours(1), 7, 8, 9, 10, 0), (options.SampleWindow, options.MaxSeries, options.MaxLabels, options.MaxLabelNameLength, options.MaxLabelValueLength, options.MaxExemplars));
        Assert.Null(settings.Apply(options, knowsRetention: false).Retention);
    }

    [Theory]
    [InlineData("{ retention: { raw: 1m } }", "at least 1h")]
    [InlineData("{ retention: { 10m: 1d } }", "10m")]
    [InlineData("{ limits: { series: 0 } }", "from 1 to")]
    [InlineData("{ limits: { series: 1.5 } }", "a whole number")]
    [InlineData("{ outOfOrderWindow: soon }", "duration")]
    public void What_is_wrong_is_named(string yaml, string says)
    {
        var refused = Assert.Throws<ProblemException>(() => Read(yaml));
        Assert.Contains(says, string.Join(' ', refused.Problems.Select(p => p.ToString())));
    }

    private static StoreSettings Read(string metrics)
    {
        var directory = Directory.CreateTempSubdirectory("headroom-settings-");
        try
        {
            string path = Path.Combine(directory.FullName, "headroom.yaml");
            File.WriteAllText(path, $"metrics: {metrics}\n");
            return new ConfigurationLoader([MetricsSettings.Section], new DiskFiles(), _ => null).Load(path, directory.FullName).OrThrow().Get(MetricsSettings.Section).Store;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
