using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Tests.Documents;

/// <summary>Loads configuration as the program does, from text.</summary>
internal static class Yaml
{
    public static readonly ConfigurationSection<IReadOnlyList<KpiDefinition>> Section = KpisSection.Create(CheckQuery);

    public static ConfigurationLoader Loader(IConfigurationFiles files, Func<string, string?>? environment = null) =>
        new([MetricsSettings.Section, Section], files, environment ?? (_ => null));

    public static ConfigurationOutcome Load(string yaml, Func<string, string?>? environment = null) =>
        Load(new Dictionary<string, string> { ["headroom.yaml"] = yaml }, environment);

    public static ConfigurationOutcome Load(Dictionary<string, string> files, Func<string, string?>? environment = null) =>
        Loader(new Files(files), environment).Load("headroom.yaml", "/work");

    public static IReadOnlyList<KpiDefinition> Kpis(string yaml) => Load(yaml).OrThrow().Get(Section);

    /// <summary>Stands for the parser, which the composition root binds: brackets must match.</summary>
    private static Problem? CheckQuery(string query) =>
        "()[]{}".Chunk(2).All(b => query.Count(c => c == b[0]) == query.Count(c => c == b[1])) ? null : new Problem("promql-syntax", $"'{query}' has unmatched brackets.");

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
}
