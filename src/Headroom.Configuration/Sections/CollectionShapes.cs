using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

internal sealed class ListShape<T>(Shape<T> item, bool orSingle) : Shape<IReadOnlyList<T>>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out IReadOnlyList<T> value)
    {
        var read = new List<T>();
        value = read;
        if (node is not YamlSequence list)
        {
            if (orSingle)
            {
                bool single = item.TryRead(node, problems, out var one);
                if (single) read.Add(one);
                return single;
            }
            problems.Add(new Problem("yaml-wrong-type", $"This must be a list, but it is {node.Kind}.", node.Mark.ToString(), "Start each item with '- '."));
            return false;
        }
        bool whole = true;
        foreach (var entry in list.Items)
        {
            if (item.TryRead(entry, problems, out var one)) read.Add(one);
            else whole = false;
        }
        return whole;
    }

    public override JsonObject Schema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema() };
        return orSingle ? new JsonObject { ["anyOf"] = new JsonArray(item.Schema(), list) } : list;
    }
}

internal sealed class MapShape<T>(Shape<T> shape) : Shape<IReadOnlyDictionary<string, T>>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out IReadOnlyDictionary<string, T> value)
    {
        var read = new Dictionary<string, T>(StringComparer.Ordinal);
        value = read;
        if (node is not YamlMapping mapping)
        {
            problems.Add(new Problem("yaml-wrong-type", $"This must be a mapping of keys to values, but it is {node.Kind}.", node.Mark.ToString()));
            return false;
        }
        bool whole = true;
        foreach (var entry in mapping.Entries)
        {
            if (shape.TryRead(entry.Value, problems, out var one)) read[entry.Key] = one;
            else whole = false;
        }
        return whole;
    }

    public override JsonObject Schema() => new() { ["type"] = "object", ["additionalProperties"] = shape.Schema() };
}

internal sealed class MaybeShape<T>(Shape<T> shape) : Shape<T?>
    where T : struct
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out T? value)
    {
        bool read = shape.TryRead(node, problems, out var inner);
        value = read ? inner : null;
        return read;
    }

    public override JsonObject Schema() => shape.Schema();
}
