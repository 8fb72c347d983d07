using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;

namespace Headroom.Configuration.Tests.Loading;

/// <summary>A small configuration of its own, so that these tests do not depend on any feature's section.</summary>
internal static class Shop
{
    public sealed record Probe(string Name, TimeSpan Every, long Limit, double Share, double Weight, string? Note, IReadOnlyDictionary<string, string> Labels);

    public static readonly ConfigurationSection<IReadOnlyList<Probe>> Probes = Declare();

    public static ConfigurationOutcome Load(FilesInMemory files, string? path = "headroom.yaml", Func<string, string?>? environment = null) =>
        Loader(files, environment).Load(path, FilesInMemory.Folder);

    public static ConfigurationOutcome Load(string yaml, Func<string, string?>? environment = null) =>
        Load(new FilesInMemory().With("headroom.yaml", yaml), environment: environment);

    public static ConfigurationLoader Loader(IConfigurationFiles files, Func<string, string?>? environment = null) =>
        new([MetricsSettings.Section, Probes], files, environment ?? (_ => null));

    private static ConfigurationSection<IReadOnlyList<Probe>> Declare()
    {
        var name = Property.Required("name", "What it is called.", Shapes.Text(50));
        var every = Property.Optional("every", "How often.", Shapes.Duration(TimeSpan.FromSeconds(1)), TimeSpan.FromMinutes(15));
        var limit = Property.Optional("limit", "How much.", Shapes.Size(), 1024);
        var share = Property.Optional("share", "Which part.", Shapes.Percent(), 1);
        var weight = Property.Optional("weight", "How heavy.", Shapes.Number(0, 10), 1);
        var note = Property.Optional<string?>("note", "Anything.", Shapes.Text()!, null);
        var labels = Property.Optional<IReadOnlyDictionary<string, string>>("labels", "Labels.", Shapes.Map(Shapes.Text()), new Dictionary<string, string>());
        return ConfigurationSection.Of<IReadOnlyList<Probe>>("probes", "What is probed.", Shapes.List(new ObjectShape<Probe>(
            "A probe.", [name, every, limit, share, weight, note, labels],
            f => new Probe(f.Get(name), f.Get(every), f.Get(limit), f.Get(share), f.Get(weight), f.Get(note), f.Get(labels)),
            f =>
            {
                if (f.Has(weight, out double heavy) && f.Has(share, out double part) && heavy > 5 && part < 0.5)
                    f.Report(share, "probe-heavy", "A heavy probe needs at least half.", "Use 50% or more.");
            })), []);
    }
}
