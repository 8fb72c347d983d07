using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;

namespace Headroom.Objectives.Kpis;

/// <summary>A list of KPIs in which a name stands once, also when the list was joined from several files.</summary>
internal sealed class UniquelyNamed(Shape<KpiDefinition> item) : Shape<IReadOnlyList<KpiDefinition>>
{
    private readonly Shape<IReadOnlyList<KpiDefinition>> _list = Shapes.List(item);

    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out IReadOnlyList<KpiDefinition> value)
    {
        bool whole = _list.TryRead(node, problems, out value);
        if (node is not YamlSequence list) return whole;
        // Names are compared on the nodes, so that a second definition is found even when something else in it is wrong.
        var first = new Dictionary<string, SourceMark>(StringComparer.Ordinal);
        foreach (var entry in list.Items)
        {
            if ((entry as YamlMapping)?.Find("name")?.Value is not YamlScalar { IsNull: false } name) continue;
            if (first.TryAdd(name.Text.Trim(), name.Mark)) continue;
            problems.Add(new Problem("kpi-defined-twice", $"There are two KPIs named '{name.Written.Trim()}'.", name.Mark.ToString(),
                $"The other is at {first[name.Text.Trim()]}; rename one."));
            whole = false;
        }
        return whole;
    }

    public override JsonObject Schema() => _list.Schema();
}
