using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Loading;

/// <summary>
/// Joins what several files say: lists are joined end to end, mappings key by key, and a single value given twice is
/// refused with both places.
/// </summary>
internal static class MappingMerge
{
    public static YamlMapping Merge(YamlMapping first, YamlMapping second, List<Problem> problems)
    {
        var entries = new List<YamlEntry>(first.Entries);
        foreach (var later in second.Entries)
        {
            int at = entries.FindIndex(e => e.Key == later.Key);
            if (at < 0)
            {
                entries.Add(later);
                continue;
            }
            var earlier = entries[at];
            switch (earlier.Value, later.Value)
            {
                case (YamlScalar { IsNull: true }, _):
                    entries[at] = later;
                    break;
                case (_, YamlScalar { IsNull: true }):
                    break;
                case (YamlSequence a, YamlSequence b):
                    entries[at] = earlier with { Value = new YamlSequence(a.Mark, [.. a.Items, .. b.Items]) };
                    break;
                case (YamlMapping a, YamlMapping b):
                    entries[at] = earlier with { Value = Merge(a, b, problems) };
                    break;
                default:
                    problems.Add(new Problem("config-defined-twice", $"'{later.Key}' is given in two files.", later.Mark.ToString(),
                        $"It is also given at {earlier.Mark}; keep one."));
                    break;
            }
        }
        return new YamlMapping(first.Mark, entries);
    }
}
