using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;

namespace Headroom.Configuration.Tests.Loading;

public sealed class ConfigurationLoaderTests
{
    [Fact]
    public void A_section_is_read_with_its_defaults()
    {
        var configuration = Shop.Load("project: checkout\nmetrics: { fsync: always }\nprobes:\n  - name: api\n    every: 1m30s\n    limit: 2KiB\n    share: 50%\n    labels: { service: api }\n").OrThrow();
        Assert.Equal("checkout", configuration.Project);
        Assert.Equal(new MetricsSettings(MetricsBackendKind.Embedded, FsyncPolicy.Always), configuration.Get(MetricsSettings.Section));
        var probe = Assert.Single(configuration.Get(Shop.Probes));
        Assert.Equal(("api", TimeSpan.FromSeconds(90), 2048L, 0.5, 1d), (probe.Name, probe.Every, probe.Limit, probe.Share, probe.Weight));
        Assert.Equal("api", probe.Labels["service"]);
        Assert.Equal(["headroom.yaml"], configuration.Files);
    }

    [Fact]
    public void Without_a_file_the_project_is_empty_and_named_after_its_folder()
    {
        var configuration = Shop.Load(new FilesInMemory(), path: null).OrThrow();
        Assert.Equal("shop", configuration.Project);
        Assert.Empty(configuration.Get(Shop.Probes));
        Assert.Equal(FsyncPolicy.Interval, configuration.Get(MetricsSettings.Section).Fsync);
        Assert.Empty(configuration.Files);
    }

    [Fact]
    public void A_file_that_was_asked_for_must_exist()
    {
        var problem = Assert.Single(Shop.Load(new FilesInMemory(), path: "conf/missing.yaml").Problems);
        Assert.Equal(("config-not-found", "conf/missing.yaml", ProblemKind.Invalid), (problem.Code, problem.Where, problem.Kind));
    }

    [Fact]
    public void The_default_file_is_found_without_being_named() =>
        Assert.Equal("found", Shop.Load(new FilesInMemory().With("headroom.yaml", "project: found\n"), path: null).OrThrow().Project);

    [Fact]
    public void Every_error_is_reported_at_once_with_its_place()
    {
        var problems = Shop.Load(
            """
            projekt: x
            metrics:
              backend: cloud
              fsync: alwys
            probes:
              - every: 30
                weight: 11
              - name: b
                limit: 10M
                colour: red
                share: 10%
                weight: 9
            slos: []
            """).Problems;
        Assert.Equal(
            [
                "yaml-unknown-key headroom.yaml:1:1", "yaml-bad-value headroom.yaml:3:12", "yaml-bad-value headroom.yaml:4:10",
                "yaml-bad-value headroom.yaml:6:12", "yaml-bad-value headroom.yaml:7:13", "yaml-missing-key headroom.yaml:6:5",
                "yaml-bad-value headroom.yaml:9:12", "yaml-unknown-key headroom.yaml:10:5", "probe-heavy headroom.yaml:11:12",
                "yaml-unknown-key headroom.yaml:13:1",
            ],
            problems.Select(p => $"{p.Code} {p.Where}"));
        Assert.Equal("Did you mean 'project'?", problems[0].Fix);
        Assert.Contains("did you mean always?", problems[2].What, StringComparison.Ordinal);
        Assert.Contains("This version of Headroom knows no key 'slos' here.", problems[^1].What, StringComparison.Ordinal);
        Assert.Contains("project, include, metrics, probes", problems[^1].Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("- a\n", "headroom.yaml:1:1")]
    [InlineData("just text\n", "headroom.yaml:1:1")]
    [InlineData("probes: text\n", "headroom.yaml:1:9")]
    [InlineData("probes:\n  - text\n", "headroom.yaml:2:5")]
    [InlineData("probes:\n  - name: {a: b}\n", "headroom.yaml:2:11")]
    [InlineData("probes:\n  - name:\n", "headroom.yaml:2:10")]
    [InlineData("probes:\n  - {name: a, labels: [x]}\n", "headroom.yaml:2:23")]
    [InlineData("metrics: [a]\n", "headroom.yaml:1:10")]
    public void A_value_of_the_wrong_form_is_refused_at_its_place(string yaml, string where) =>
        Assert.Equal(where, Assert.Single(Shop.Load(yaml).Problems).Where);

    [Fact]
    public void An_empty_section_is_an_absent_one() => Assert.Empty(Shop.Load("probes:\nmetrics:\nproject:\n").OrThrow().Get(Shop.Probes));

    [Fact]
    public void A_section_that_was_not_handed_over_cannot_be_asked_for()
    {
        var other = ConfigurationSection.Of("other", "Not handed over.", Shapes.Text(), "");
        Assert.Throws<ArgumentException>(() => Shop.Load("").OrThrow().Get(other));
    }

    [Fact]
    public void A_flood_of_problems_is_cut_with_their_number()
    {
        var problems = Shop.Load(string.Concat(Enumerable.Range(0, 250).Select(i => $"unknown{i}: x\n"))).Problems;
        Assert.Equal(101, problems.Count);
        Assert.Contains("150 more", problems[^1].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_travel_in_an_exception_when_the_caller_wants_one()
    {
        var thrown = Assert.Throws<ProblemException>(() => Shop.Load("a: 1\nb: 2\n").OrThrow());
        Assert.Equal(2, thrown.Problems.Count);
    }
}
