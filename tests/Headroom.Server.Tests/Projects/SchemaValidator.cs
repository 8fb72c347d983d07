using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Headroom.Server.Tests.Projects;

/// <summary>
/// As much of JSON Schema as our schema uses, on YAML read by another reader than ours, so that schema and parser can
/// disagree in a test. A keyword it does not know fails the test.
/// </summary>
internal sealed class SchemaValidator(JsonObject root)
{
    private static readonly string[] Annotations = ["$schema", "$defs", "title", "description"];

    public List<string> Errors(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new Parser(new StringReader(yaml)));
        var errors = new List<string>();
        Check(stream.Documents[0].RootNode, root, "", errors);
        return errors;
    }

    private void Check(YamlNode node, JsonObject schema, string path, List<string> errors)
    {
        foreach (var (keyword, rule) in schema)
        {
            bool holds = keyword switch
            {
                "type" => HasType(node, (string)rule!),
                "const" => node is YamlScalarNode scalar && scalar.Value == (string)rule!,
                "pattern" => node is YamlScalarNode text && Regex.IsMatch(text.Value ?? "", (string)rule!),
                "minLength" => (node as YamlScalarNode)?.Value?.Length >= (int)rule!,
                "maxLength" => (node as YamlScalarNode)?.Value?.Length <= (int)rule!,
                "minimum" => Number(node) >= rule!.ToDouble(),
                "maximum" => Number(node) <= rule!.ToDouble(),
                "exclusiveMinimum" => Number(node) > rule!.ToDouble(),
                "required" => rule!.AsArray().All(k => Child(node, (string)k!) is not null),
                "anyOf" => rule!.AsArray().Any(option => Holds(node, option!.AsObject())),
                "$ref" => Holds(node, root["$defs"]![((string)rule!)["#/$defs/".Length..]]!.AsObject()),
                "items" or "properties" or "additionalProperties" => true,
                _ => Annotations.Contains(keyword) ? true : throw new NotSupportedException(keyword),
            };
            if (!holds) errors.Add($"{path}: {keyword}");
        }
        if (schema["items"] is JsonObject item && node is YamlSequenceNode list)
            for (int i = 0; i < list.Children.Count; i++) Check(list.Children[i], item, $"{path}/{i}", errors);
        if (schema["properties"] is JsonObject properties && node is YamlMappingNode mapping)
            foreach (var (name, value) in Flat(mapping))
            {
                if (properties[name] is JsonObject property) Check(value, property, $"{path}/{name}", errors);
                else errors.Add($"{path}/{name}: additionalProperties");
            }
    }

    private bool Holds(YamlNode node, JsonObject schema)
    {
        var errors = new List<string>();
        Check(node, schema, "", errors);
        return errors.Count == 0;
    }

    private static bool HasType(YamlNode node, string type) => type switch
    {
        "object" => node is YamlMappingNode,
        "array" => node is YamlSequenceNode,
        "string" => node is YamlScalarNode scalar && (scalar.Style != ScalarStyle.Plain || (Number(node) is null && scalar.Value is not ("true" or "false" or "null" or "~" or ""))),
        "number" => Number(node) is not null,
        "integer" => Number(node) is { } number && number == Math.Truncate(number),
        "boolean" => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" },
        _ => throw new NotSupportedException(type),
    };

    private static double? Number(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain } scalar && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static YamlNode? Child(YamlNode node, string key) => node is YamlMappingNode mapping ? Flat(mapping).GetValueOrDefault(key) : null;

    private static Dictionary<string, YamlNode> Flat(YamlMappingNode mapping)
    {
        var flat = mapping.Children.ToDictionary(c => ((YamlScalarNode)c.Key).Value!, c => c.Value);
        if (flat.Remove("<<", out var merged))
            foreach (var (key, value) in Flat((YamlMappingNode)merged))
                flat.TryAdd(key, value);
        return flat;
    }
}

/// <summary>Numbers of a schema, whatever type of number it was made with.</summary>
internal static class SchemaNumbers
{
    public static double ToDouble(this JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
}
