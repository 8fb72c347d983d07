using Headroom.TestKit;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Server.Projects;

namespace Headroom.Server.Tests.Projects;

/// <summary>What is published is what the program reads.</summary>
public sealed partial class ConfigurationDocumentTests
{
    private static readonly JsonObject Schema = ProjectFile.Loader.Schema();

    // Plans of durable runs and of load tests are other kinds of files, with tests of their own.
    public static TheoryData<string> Examples => [.. Directory.EnumerateFiles(Repository.PathOf("examples"), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Repository.Root, f)).Where(f => !f.StartsWith("examples/runs/", StringComparison.Ordinal) && !f.StartsWith("examples/load/", StringComparison.Ordinal) && !f.EndsWith(".test.yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Blocks => [.. YamlBlock().Matches(File.ReadAllText(Repository.PathOf("docs", "configuration.md"))).Select(m => m.Groups[1].Value)];

    [Fact]
    public void The_published_schema_is_the_generated_one()
    {
        string path = Repository.PathOf("schema", "headroom.schema.json");
        string generated = Schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        if (Repository.Updates) File.WriteAllText(path, generated);
        Assert.Equal(File.ReadAllText(path), generated);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_read_and_satisfies_the_schema(string path)
    {
        Assert.Empty(ProjectFile.LoaderOver(new DiskFiles(), _ => "set").Load(path, Repository.Root).Problems);
        Assert.Empty(new SchemaValidator(Schema).Errors(File.ReadAllText(Path.Combine(Repository.Root, path))));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_block_of_the_documentation_is_read_and_satisfies_the_schema(string block)
    {
        var files = new Dictionary<string, string> { ["headroom.yaml"] = block, ["latency.yaml"] = "" };
        var problems = Load(files).Problems.Where(p => p.Code != "include-nothing");
        Assert.Empty(problems);
        Assert.Empty(new SchemaValidator(Schema).Errors(block));
    }

    [Fact]
    public void The_documentation_names_every_key()
    {
        // A section may have a page of its own, which the page of all sections links.
        string overview = File.ReadAllText(Repository.PathOf("docs", "configuration.md"));
        string text = string.Join('\n', Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(File.ReadAllText));
        foreach (var (section, schema) in Schema["properties"]!.AsObject())
        {
            Assert.Contains($"## `{section}`", overview, StringComparison.Ordinal);
            var properties = (schema!["items"] ?? schema)["properties"]?.AsObject();
            foreach (var (key, _) in properties ?? []) Assert.Contains($"| `{key}` |", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("kpis: [{name: a}]")]
    [InlineData("kpis: [{name: a, query: up, target: 5}]")]
    [InlineData("kpis: [{name: a, query: up, target: fast}]")]
    [InlineData("kpis: [{name: a, query: up, budget: 0}]")]
    [InlineData("kpis: [{name: a, query: up, trendStep: soon}]")]
    [InlineData("kpis: [{name: a, query: up, colour: red}]")]
    [InlineData("kpis: [{name: a, query: up, trendStep: ''}]")]
    [InlineData("kpis: {a: b}")]
    [InlineData("metrics: {fsync: sometimes}")]
    [InlineData("slis: []")]
    public void Schema_and_reader_refuse_the_same(string yaml)
    {
        Assert.NotEmpty(Load(new Dictionary<string, string> { ["headroom.yaml"] = yaml }).Problems);
        Assert.NotEmpty(new SchemaValidator(Schema).Errors(yaml));
    }

    private static ConfigurationOutcome Load(Dictionary<string, string> files) => ProjectFile.LoaderOver(new Files(files), _ => null).Load("headroom.yaml", "/srv");

    private sealed class Files(Dictionary<string, string> files) : IConfigurationFiles
    {
        public string FullPath(string path, string directory) => Path.GetFullPath(path, directory);

        public bool Exists(string fullPath) => files.ContainsKey(Path.GetFileName(fullPath));

        public byte[] Read(string fullPath, int maximumBytes, out Problem? problem)
        {
            problem = Exists(fullPath) ? null : new Problem("config-not-found", "The file does not exist.");
            return problem is null ? Encoding.UTF8.GetBytes(files[Path.GetFileName(fullPath)]) : [];
        }

        public IReadOnlyList<string> Match(string fullFolder, string pattern) => [];
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
