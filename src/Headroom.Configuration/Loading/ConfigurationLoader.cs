using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Values;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Loading;

/// <summary>
/// Reads headroom.yaml. It knows <c>project</c> and <c>include</c>; every other section comes from the feature that
/// owns it. Loading reports everything that is wrong at once.
/// </summary>
/// <param name="sections">The sections this program knows.</param>
/// <param name="files">Where files are read from.</param>
/// <param name="environment">Gives an environment variable's value, or null when it is unset.</param>
public sealed class ConfigurationLoader(IReadOnlyList<ConfigurationSection> sections, IConfigurationFiles files, Func<string, string?> environment)
{
    /// <summary>The file looked for when none is named.</summary>
    public const string DefaultFileName = "headroom.yaml";

    private const int MaximumProblems = 100;

    private static readonly ConfigurationSection<string?> ProjectName = ConfigurationSection.Of<string?>(
        "project", "The project's name, shown on every report. By default the name of the folder that headroom.yaml stands in.", Shapes.Text(200)!, null);

    private readonly IReadOnlyList<ConfigurationSection> _sections = [ProjectName, IncludedFiles.Section, .. sections];

    /// <summary>Loads a project's configuration.</summary>
    /// <param name="path">
    /// The main file, or null for <see cref="DefaultFileName"/>. A named file must exist; without the default one the
    /// project is empty.
    /// </param>
    /// <param name="directory">The folder that relative paths start from.</param>
    public ConfigurationOutcome Load(string? path, string directory)
    {
        var problems = new List<Problem>();
        string shown = path ?? DefaultFileName;
        string full;
        try
        {
            full = files.FullPath(shown, directory);
        }
        catch (ArgumentException)
        {
            return new ConfigurationOutcome(null, [new Problem("config-not-found", $"'{shown}' is not a path.", Fix: "Name a file.")]);
        }
        string project = FolderName(full);
        if (path is null && !files.Exists(full)) return new ConfigurationOutcome(Build(project, [], []), []);

        var included = new IncludedFiles(files, environment, problems);
        var root = included.Load(shown, full, null);
        var values = root is null ? [] : ReadSections(root, problems);
        if (problems.Count > MaximumProblems)
        {
            int more = problems.Count - MaximumProblems;
            problems.RemoveRange(MaximumProblems, more);
            problems.Add(new Problem("config-more-problems", $"There are {more} more problems.", shown, "Fix these first."));
        }
        if (problems.Count > 0) return new ConfigurationOutcome(null, problems);
        return new ConfigurationOutcome(Build(project, included.Read, values), []);
    }

    /// <summary>
    /// The JSON Schema (draft 2020-12) of headroom.yaml, generated from the sections' declarations. What
    /// <c>headroom config schema</c> prints.
    /// </summary>
    public JsonObject Schema() =>
        new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = DefaultFileName,
            ["description"] = "The system that Headroom watches: where measurements live, and what they must come to.",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(_sections.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Name, s.Schema()))),
            ["$defs"] = new JsonObject { ["environmentReference"] = ScalarSchemas.EnvironmentReference() },
        };

    private Dictionary<string, object?> ReadSections(YamlMapping root, List<Problem> problems)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var entry in root.Entries)
        {
            var section = _sections.FirstOrDefault(s => s.Name == entry.Key);
            if (section is null) problems.Add(UnknownKey.Problem(entry, _sections.Select(s => s.Name)));
            // "kpis:" with every item commented out is an empty section, not a mistake.
            else if (entry.Value is YamlScalar { IsNull: true }) continue;
            else if (section.TryRead(entry.Value, problems, out var value)) values[section.Name] = value;
        }
        return values;
    }

    private ProjectConfiguration Build(string folder, IReadOnlyList<string> read, Dictionary<string, object?> values)
    {
        foreach (var section in _sections) values.TryAdd(section.Name, section.Absent);
        return new ProjectConfiguration((string?)values[ProjectName.Name] ?? folder, read, values);
    }

    private static string FolderName(string full) =>
        Path.GetFileName(Path.GetDirectoryName(full)) is { Length: > 0 } name ? name : "headroom";
}
