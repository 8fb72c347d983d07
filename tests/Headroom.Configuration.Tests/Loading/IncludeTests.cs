using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;

namespace Headroom.Configuration.Tests.Loading;

public sealed class IncludeTests
{
    [Fact]
    public void Lists_are_joined_and_mappings_joined_key_by_key()
    {
        var files = new FilesInMemory()
            .With("headroom.yaml", "include: [probes/a.yaml, probes/b.yaml]\nmetrics: {backend: embedded}\nprobes: [{name: main}]\n")
            .With("probes/a.yaml", "include: more/c.yaml\nprobes: [{name: a}]\n")
            .With("probes/b.yaml", "metrics: {fsync: never}\nprobes: [{name: b}]\n")
            .With("probes/more/c.yaml", "project: from-c\nprobes: [{name: c}]\n");
        var configuration = Shop.Load(files).OrThrow();
        Assert.Equal(["main", "a", "c", "b"], configuration.Get(Shop.Probes).Select(p => p.Name));
        Assert.Equal(FsyncPolicy.Never, configuration.Get(MetricsSettings.Section).Fsync);
        Assert.Equal("from-c", configuration.Project);
        Assert.Equal(["headroom.yaml", "probes/a.yaml", "probes/more/c.yaml", "probes/b.yaml"], configuration.Files);
    }

    [Fact]
    public void Patterns_name_files_in_order_and_never_the_file_itself()
    {
        var files = new FilesInMemory().With("headroom.yaml", "include: '*.yaml'\nprobes: [{name: main}]\n").With("b.yaml", "probes: [{name: b}]\n").With("a.yaml", "probes: [{name: a}]\n");
        Assert.Equal(["main", "a", "b"], Shop.Load(files).OrThrow().Get(Shop.Probes).Select(p => p.Name));
    }

    [Fact]
    public void A_circle_is_refused_with_its_chain()
    {
        var files = new FilesInMemory().With("headroom.yaml", "include: a.yaml\n").With("a.yaml", "\ninclude: b.yaml\n").With("b.yaml", "include: ./a.yaml\n");
        var problem = Assert.Single(Shop.Load(files).Problems);
        Assert.Equal("include-cycle", problem.Code);
        Assert.Contains("a.yaml -> b.yaml -> ./a.yaml", problem.What, StringComparison.Ordinal);
        Assert.Equal("b.yaml:1:10", problem.Where);
    }

    [Fact]
    public void A_file_that_includes_itself_is_a_circle() =>
        Assert.Contains("headroom.yaml -> headroom.yaml", Assert.Single(Shop.Load(new FilesInMemory().With("headroom.yaml", "include: headroom.yaml\n")).Problems).What, StringComparison.Ordinal);

    [Fact]
    public void A_value_given_twice_names_both_places()
    {
        var files = new FilesInMemory().With("headroom.yaml", "include: a.yaml\nmetrics:\n  fsync: never\n").With("a.yaml", "metrics: {fsync: always}\n");
        var problem = Assert.Single(Shop.Load(files).Problems);
        Assert.Equal(("config-defined-twice", "a.yaml:1:11"), (problem.Code, problem.Where));
        Assert.Contains("headroom.yaml:3:3", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_included_twice_is_refused()
    {
        var files = new FilesInMemory().With("headroom.yaml", "include: [a.yaml, b.yaml]\n").With("a.yaml", "include: b.yaml\n").With("b.yaml", "");
        var problem = Assert.Single(Shop.Load(files).Problems);
        Assert.Equal(("include-twice", "headroom.yaml:1:19"), (problem.Code, problem.Where));
        Assert.Contains("a.yaml:1:10", problem.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("include: missing.yaml", "config-not-found")]
    [InlineData("include: 'missing/*.yaml'", "include-nothing")]
    [InlineData("include: '*/a.yaml'", "include-pattern")]
    [InlineData("include: {a: b}", "yaml-wrong-type")]
    [InlineData("include: [[a.yaml]]", "yaml-wrong-type")]
    [InlineData("include: ''", "yaml-bad-value")]
    public void An_include_that_leads_nowhere_is_refused_at_its_place(string yaml, string code)
    {
        var problem = Assert.Single(Shop.Load(yaml).Problems);
        Assert.Equal(code, problem.Code);
        Assert.StartsWith("headroom.yaml:1:1", problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_every_file_are_reported_with_its_name()
    {
        var files = new FilesInMemory().With("conf/headroom.yaml", "include: part.yaml\nx: 1\n").With("conf/part.yaml", "y: 1\n");
        Assert.Equal(["conf/headroom.yaml:2:1", "conf/part.yaml:1:1"], Shop.Load(files, "conf/headroom.yaml").Problems.Select(p => p.Where));
    }

    [Fact]
    public void The_disk_is_read_as_memory_is()
    {
        string folder = Directory.CreateTempSubdirectory("headroom-configuration-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "headroom.yaml"), "include: parts/*.yaml\n");
            Directory.CreateDirectory(Path.Combine(folder, "parts"));
            File.WriteAllText(Path.Combine(folder, "parts", "a.yaml"), "probes: [{name: a}]\n");
            var loader = Shop.Loader(new DiskFiles());
            Assert.Equal("a", loader.Load(null, folder).OrThrow().Get(Shop.Probes).Single().Name);
            Assert.Equal("config-unreadable", Assert.Single(loader.Load("parts", folder).Problems).Code);
            Assert.Equal("config-not-found", Assert.Single(loader.Load("none/x.yaml", folder).Problems).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
