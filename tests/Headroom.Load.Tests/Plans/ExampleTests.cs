using System.Text.RegularExpressions;
using Headroom.Load.Plans;

namespace Headroom.Load.Tests.Plans;

/// <summary>What is shipped and shown is what the program reads.</summary>
public sealed partial class ExampleTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(Root, "examples", "load"), "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_is_a_plan(string file) =>
        Assert.NotEmpty(PlanFile.Read(Path.Combine(Root, "examples", "load", file), _ => null, PlanOverrides.None).Scenarios);

    [Fact]
    public void The_plan_in_the_documentation_is_one()
    {
        string directory = Directory.CreateTempSubdirectory("headroom-load-").FullName;
        File.WriteAllText(Path.Combine(directory, "users.csv"), "name\na\n");
        var blocks = YamlBlock().Matches(File.ReadAllText(Path.Combine(Root, "docs", "load.md")));
        Assert.All(blocks, block => Assert.NotEmpty(PlanFile.Parse(System.Text.Encoding.UTF8.GetBytes(block.Groups[1].Value), "load.md", directory, _ => "token", PlanOverrides.None).Scenarios));
        Assert.NotEmpty(blocks);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_documentation_names_every_metric_and_profile()
    {
        string text = File.ReadAllText(Path.Combine(Root, "docs", "load.md"));
        Assert.All(Profiles.All, p => Assert.Contains($"| `{p.Name}` |", text, StringComparison.Ordinal));
        Assert.All(Headroom.Load.Thresholds.BuiltInMetrics.All.Keys, m => Assert.Contains($"`{m}`", text, StringComparison.Ordinal));
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Headroom.slnx")))
                return at.FullName;
        throw new InvalidOperationException("Headroom.slnx is not above " + AppContext.BaseDirectory);
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
