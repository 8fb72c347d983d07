using System.Text.Json.Nodes;
using Headroom.Configuration.Tests.Loading;

namespace Headroom.Configuration.Tests.Sections;

public sealed class SchemaTests
{
    private static readonly JsonObject Schema = Shop.Loader(new FilesInMemory()).Schema();

    [Fact]
    public void The_schema_is_draft_2020_12_and_closed()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)Schema["$schema"]);
        Assert.False((bool)Schema["additionalProperties"]!);
        Assert.Equal(["project", "include", "metrics", "probes"], Schema["properties"]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public void Descriptions_come_from_the_declaration()
    {
        var item = Schema["properties"]!["probes"]!["items"]!;
        Assert.Equal("How often.", (string?)item["properties"]!["every"]!["description"]);
        Assert.Equal(["name"], item["required"]!.AsArray().Select(r => (string?)r));
        Assert.False((bool)item["additionalProperties"]!);
    }

    [Fact]
    public void Choices_carry_their_meaning()
    {
        var choices = Schema["properties"]!["metrics"]!["properties"]!["fsync"]!["anyOf"]!.AsArray();
        Assert.Equal("always", (string?)choices[0]!["const"]);
        Assert.Contains("power loss", (string?)choices[0]!["description"], StringComparison.Ordinal);
    }
}
