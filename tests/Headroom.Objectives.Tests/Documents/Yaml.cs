using Headroom.Metrics;
using Headroom.Metrics.Ingest.Otlp;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Tests.Documents;

/// <summary>Loads configuration as the program does, from text.</summary>
internal static class Yaml
{
    public static readonly ConfigurationSection<IReadOnlyList<KpiDefinition>> Section = KpisSection.Create(CheckQuery);

    public static ConfigurationLoader Loader(IConfigurationFiles files, Func<string, string?>? environment = null) =>
        new([MetricsSettings.Section, OtlpSettings.Section, Section], files, environment ?? (_ => null));

    public static ConfigurationOutcome Load(string yaml, Func<string, string?>? environment = null) =>
        Load(new Dictionary<string, string> { ["headroom.yaml"] = yaml }, environment);

    public static ConfigurationOutcome Load(Dictionary<string, string> files, Func<string, string?>? environment = null) =>
        Loader(new Files(files), environment).Load("headroom.yaml", "/srv");

    public static IReadOnlyList<KpiDefinition> Kpis(string yaml) => Load(yaml).OrThrow().Get(Section);

    internal static Problem? CheckQuery(string query)
    {
        try
        {
            PromqlSyntax.Check(query);
            return null;
        }
        catch (PromqlException wrong)
        {
            return new Problem("promql-syntax", $"The query is not valid PromQL: {query}: {wrong.Message}");
        }
    }

    internal sealed class Files(Dictionary<string, string> files) : IConfigurationFiles
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
