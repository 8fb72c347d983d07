using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Loading;

/// <summary>Reads the main file and all it includes, and joins them into one mapping.</summary>
internal sealed class IncludedFiles(IConfigurationFiles files, Func<string, string?> environment, List<Problem> problems)
{
    public const string Key = "include";
    private const int MaximumFiles = 200;

    public static readonly ConfigurationSection<IReadOnlyList<string>> Section = ConfigurationSection.Of<IReadOnlyList<string>>(
        Key,
        "Further files to read as part of this one: a path, or a list of paths, relative to the file that includes them. The last part may hold * and ?. "
        + "Lists are joined, mappings are joined key by key, and a value given twice is an error.",
        Shapes.OneOrMore(Shapes.Text(4096)),
        []);

    private readonly Dictionary<string, SourceMark?> _seen = new(StringComparer.Ordinal);
    private readonly List<(string Shown, string Full)> _chain = [];

    /// <summary>The files read, as messages show them.</summary>
    public List<string> Read { get; } = [];

    /// <summary>Reads one file and what it includes; null when it cannot be read.</summary>
    public YamlMapping? Load(string shown, string full, SourceMark? includedAt)
    {
        int cycle = _chain.FindIndex(f => f.Full == full);
        if (cycle >= 0)
        {
            problems.Add(new Problem("include-cycle", $"Files include each other in a circle: {string.Join(" -> ", _chain.Skip(cycle).Select(f => f.Shown).Append(shown))}.",
                includedAt?.ToString(), "Remove one of the includes."));
            return null;
        }
        if (_seen.TryGetValue(full, out var earlier))
        {
            problems.Add(new Problem("include-twice", $"{shown} is included twice.", includedAt?.ToString(),
                earlier is null ? null : $"It is also included at {earlier}; keep one."));
            return null;
        }
        if (_seen.Count >= MaximumFiles)
        {
            problems.Add(new Problem("include-too-many", $"More than {MaximumFiles} files are included.", includedAt?.ToString(), "Join some of them."));
            return null;
        }
        _seen.Add(full, includedAt);
        var bytes = files.Read(full, YamlReader.MaximumBytes, out var unreadable);
        if (unreadable is not null)
        {
            problems.Add(includedAt is null ? unreadable with { Where = shown } : unreadable with { What = $"{shown}: {unreadable.What}", Where = includedAt.ToString() });
            return null;
        }
        Read.Add(shown);
        var node = YamlReader.Read(shown, bytes, environment, problems);
        if (node is null) return null;
        if (node is not YamlMapping mapping)
        {
            problems.Add(new Problem("yaml-wrong-type", $"The file must be a mapping of keys to values, but it is {node.Kind}.", node.Mark.ToString(), "Start it with a key, such as 'kpis:'."));
            return null;
        }
        if (mapping.Find(Key) is not { } include || include.Value is YamlScalar { IsNull: true }) return mapping;
        _chain.Add((shown, full));
        var joined = Join(mapping, include.Value, shown, full);
        _chain.RemoveAt(_chain.Count - 1);
        return joined;
    }

    private YamlMapping Join(YamlMapping mapping, YamlNode include, string shown, string full)
    {
        var joined = Without(mapping);
        if (!Section.TryRead(include, problems, out _)) return joined;
        foreach (var item in include is YamlSequence list ? list.Items : [include])
        {
            var scalar = (YamlScalar)item;
            foreach (var (path, name) in Expand(scalar, shown, full))
                if (Load(name, path, item.Mark) is { } part)
                    joined = MappingMerge.Merge(joined, Without(part), problems);
        }
        return joined;
    }

    /// <summary>The files an include names: absolute path, and the name to show.</summary>
    private IEnumerable<(string Full, string Shown)> Expand(YamlScalar item, string shown, string full)
    {
        string written = item.Text.Trim();
        string folder = Path.GetDirectoryName(full) ?? full;
        // A path from the environment may be secret too: show it as written.
        string name = item.IsSecret ? item.Written : Path.IsPathRooted(written) ? written : Path.Combine(Path.GetDirectoryName(shown) ?? "", written);
        string last = Path.GetFileName(written);
        if (!written.AsSpan().ContainsAny('*', '?'))
        {
            string? target = Full(written, folder, item);
            return target is null ? [] : [(target, name)];
        }
        if (last.Length == 0 || written[..^last.Length].AsSpan().ContainsAny('*', '?'))
        {
            problems.Add(new Problem("include-pattern", $"{item.Shown} has * or ? in a folder's name.", item.Mark.ToString(), "Only the last part of the path may hold them; list the folders."));
            return [];
        }
        if (Full(written[..^last.Length] is { Length: > 0 } above ? above : ".", folder, item) is not { } parent) return [];
        var names = files.Match(parent, last);
        if (names.Count == 0)
            problems.Add(new Problem("include-nothing", $"No file matches {item.Shown}.", item.Mark.ToString(), "Check the path, which is relative to this file."));
        // A pattern such as *.yaml beside the including file means the others.
        return names.Select(n => (Path.Combine(parent, n), Path.Combine(Path.GetDirectoryName(name) ?? "", n))).Where(f => f.Item1 != full);
    }

    private string? Full(string path, string folder, YamlScalar item)
    {
        try
        {
            return files.FullPath(path, folder);
        }
        catch (ArgumentException)
        {
            problems.Add(new Problem("include-path", $"{item.Shown} is not a path.", item.Mark.ToString()));
            return null;
        }
    }

    private static YamlMapping Without(YamlMapping mapping) => new(mapping.Mark, [.. mapping.Entries.Where(e => e.Key != Key)]);
}
