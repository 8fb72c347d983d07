using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

/// <summary>
/// A mapping with known keys that becomes a record. Unknown keys and missing required ones are problems; every
/// property is read even when another one is wrong, so that one pass finds everything.
/// </summary>
/// <param name="description">What the mapping describes.</param>
/// <param name="properties">Its keys, in the order the schema and documentation show them.</param>
/// <param name="build">Makes the record; called only when every property could be read and no check complained.</param>
/// <param name="check">Compares properties with each other; called also when some could not be read. May be null.</param>
public sealed class ObjectShape<T>(string description, IReadOnlyList<Property> properties, Func<Fields, T> build, Action<Fields>? check = null) : Shape<T>
{
    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out T value)
    {
        value = default!;
        if (node is not YamlMapping mapping)
        {
            problems.Add(new Problem("yaml-wrong-type", $"This must be a mapping of keys to values, but it is {node.Kind}.", node.Mark.ToString(),
                $"Known keys: {Names()}."));
            return false;
        }
        int before = problems.Count;
        var values = new Dictionary<Property, object?>();
        foreach (var entry in mapping.Entries)
        {
            var property = properties.FirstOrDefault(p => p.Name == entry.Key);
            if (property is null) problems.Add(Unknown(entry));
            else if (property.TryRead(entry.Value, problems, out var one)) values[property] = one;
        }
        foreach (var property in properties)
            if (property.IsRequired && mapping.Find(property.Name) is null)
                problems.Add(new Problem("yaml-missing-key", $"The key '{property.Name}' is missing.", mapping.Mark.ToString(), $"{property.Description}"));
        var fields = new Fields(mapping, problems, values);
        check?.Invoke(fields);
        if (problems.Count > before) return false;
        value = build(fields);
        return true;
    }

    /// <inheritdoc/>
    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["description"] = description, ["type"] = "object", ["additionalProperties"] = false };
        var required = properties.Where(p => p.IsRequired).Select(p => (JsonNode)p.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        schema["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Name, p.Schema())));
        return schema;
    }

    private string Names() => string.Join(", ", properties.Select(p => p.Name));

    private Problem Unknown(YamlEntry entry) => UnknownKey.Problem(entry, properties.Select(p => p.Name));
}

internal static class UnknownKey
{
    public static Problem Problem(YamlEntry entry, IEnumerable<string> known)
    {
        var names = known.ToList();
        string shown = entry.Key.Length <= 64 ? entry.Key : entry.Key[..61] + "...";
        string fix = NearestName.Of(entry.Key, names) is { } near ? $"Did you mean '{near}'?" : $"Known keys here: {string.Join(", ", names)}.";
        return new Problem("yaml-unknown-key", $"This version of Headroom knows no key '{shown.ReplaceLineEndings(" ")}' here.", entry.Mark.ToString(), fix);
    }
}
