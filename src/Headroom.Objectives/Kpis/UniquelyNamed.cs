using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;

namespace Headroom.Objectives.Kpis;

/// <summary>A list in which a name stands once, also when the list was joined from several files.</summary>
/// <param name="item">The shape of one entry, which has a key <c>name</c>.</param>
/// <param name="code">The problem's code when a name stands twice.</param>
/// <param name="noun">What the entries are called: <c>KPIs</c>.</param>
internal sealed class UniquelyNamed<T>(Shape<T> item, string code, string noun) : Shape<IReadOnlyList<T>>
{
    private readonly Shape<IReadOnlyList<T>> _list = Shapes.List(item);

    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out IReadOnlyList<T> value)
    {
        bool whole = _list.TryRead(node, problems, out value);
        if (node is not YamlSequence list) return whole;
        // Names are compared on the nodes, so that a second definition is found even when something else in it is wrong.
        var first = new Dictionary<string, SourceMark>(StringComparer.Ordinal);
        foreach (var entry in list.Items)
        {
            if ((entry as YamlMapping)?.Find("name")?.Value is not YamlScalar { IsNull: false } name) continue;
            if (first.TryAdd(name.Text.Trim(), name.Mark)) continue;
            problems.Add(new Problem(code, $"There are two {noun} named '{name.Written.Trim()}'.", name.Mark.ToString(),
                $"The other is at {first[name.Text.Trim()]}; rename one."));
            whole = false;
        }
        return whole;
    }

    public override JsonObject Schema() => _list.Schema();
}
