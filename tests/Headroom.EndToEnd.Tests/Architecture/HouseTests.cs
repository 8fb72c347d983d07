using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Architecture;

/// <summary>The reference list of docs/architecture.md, "The house": references go only down.</summary>
public sealed class HouseTests
{
    private static readonly string[] Ground = ["Configuration", "Durable", "Resilience"];
    private static readonly string[] Measure = [.. Ground, "Metrics", "Runs"];
    private static readonly string[] Act = [.. Measure, "Objectives", "Load"];
    private static readonly string[] All = [.. Act, "Delivery", "Advisor", "Operations", "Reports", "Aws", "Postgres"];

    /// <summary>What each assembly may reference. A new assembly fails the tests below until it stands here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Configuration"] = [],
        ["Durable"] = [],
        ["Resilience"] = [],
        ["Runs"] = Ground,
        ["Metrics"] = Ground,
        ["Objectives"] = [.. Ground, "Metrics"],
        ["Load"] = [.. Measure, "Objectives"],
        ["Delivery"] = Act,
        ["Advisor"] = Act,
        ["Operations"] = Act,
        ["Reports"] = [.. Act, "Delivery", "Advisor", "Operations"],
        ["Aws"] = [.. Act, "Delivery", "Advisor", "Operations"],
        ["Postgres"] = [.. Act, "Delivery", "Advisor", "Operations"],
        ["Server"] = All,
        ["Cli"] = [.. All, "Server"],
    };

    /// <summary>Packages of foreign systems, and the one assembly that may know each.</summary>
    private static readonly (string Package, string Assembly)[] Foreign = [("AWSSDK", "Aws"), ("Npgsql", "Postgres"), ("YamlDotNet", "Configuration"), ("System.CommandLine", "Cli")];

    public static TheoryData<string> Projects() => [.. ProjectFiles().Keys];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below(string name)
    {
        Assert.True(Allowed.TryGetValue(name, out string[]? allowed), $"Headroom.{name} has no place in the house: give it one in {nameof(HouseTests)} and docs/architecture.md");
        var project = XDocument.Load(ProjectFiles()[name]);
        var references = project.Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => NameOf((string)r.Attribute("Include")!)).ToArray();
        Assert.Empty(references.Except(allowed));
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_built_assembly_references_only_what_lies_below(string name)
    {
        string file = Path.Combine(AppContext.BaseDirectory, name == "Cli" ? "headroom.dll" : $"Headroom.{name}.dll");
        Assert.SkipUnless(File.Exists(file), $"Headroom.{name} is not part of the program");
        Assert.Empty(ReferencesOf(file).Where(r => r.StartsWith("Headroom.", StringComparison.Ordinal)).Select(r => r["Headroom.".Length..]).Except(Allowed[name]));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Packages_of_foreign_systems_stay_in_the_assembly_made_for_them(string name)
    {
        var packages = XDocument.Load(ProjectFiles()[name]).Descendants("PackageReference").Select(p => (string)p.Attribute("Include")!).ToArray();
        Assert.Empty(Foreign.Where(f => f.Assembly != name && packages.Any(p => p.StartsWith(f.Package, StringComparison.Ordinal))).Select(f => f.Package));
    }

    [Fact]
    public void Samples_reference_nothing_of_ours() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.csproj", SearchOption.AllDirectories),
        file => Assert.Empty(XDocument.Load(file).Descendants("ProjectReference")));

    private static Dictionary<string, string> ProjectFiles() => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(NameOf, f => f);

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["Headroom.".Length..];

    private static IEnumerable<string> ReferencesOf(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }
}
