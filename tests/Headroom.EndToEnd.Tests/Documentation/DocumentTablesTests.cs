using Headroom.Configuration.Yaml;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Documentation;

/// <summary>The tables of the five documents are working definitions: each file is accepted, and holds every row.</summary>
public sealed class DocumentTablesTests
{
    [Theory]
    // Tracker: 7 KPIs with baseline, target and critical threshold; 3 thresholds of its load test; 3 alarms that roll back.
    [InlineData(1, 7, 7, 7, 0, 0, 3, 3)]
    // Tuning guide: 5 targets, 5 watched metrics, 3 custom ones; 4 SLOs; a composite alarm over 3 and a suppressing one, 1 predictive.
    [InlineData(2, 13, 5, 0, 0, 0, 4, 6)]
    // Metrics tracking: 4 rows of status, goals (3 horizons each) and budgets; 6 of infrastructure and pipelines; 4 alerts.
    [InlineData(3, 10, 9, 2, 12, 4, 0, 4)]
    // Week 7: 5 expected targets, 3 scaling targets; 3 alarms.
    [InlineData(4, 8, 8, 0, 0, 0, 0, 3)]
    // ECS guide: CPU and task range of its scaling, start-up time.
    [InlineData(5, 3, 2, 0, 0, 0, 0, 0)]
    public async Task Every_row_of_a_document_is_a_definition(int document, int kpis, int targets, int criticals, int goals, int budgets, int slos, int alarms)
    {
        using var headroom = new HeadroomRun();
        string path = Path.Combine(Repository.Root, "examples", "documents", $"document-{document}.yaml");
        await headroom.SucceedAsync("config", "check", "-c", path);

        var root = (YamlMapping)YamlReader.Read(path, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), null, [])!;
        var kpiNodes = Items(root, "kpis");
        Assert.Equal((kpis, targets, criticals), (kpiNodes.Count, kpiNodes.Count(k => k.Find("target") is not null), kpiNodes.Count(k => k.Find("critical") is not null)));
        Assert.Equal((goals, budgets), (kpiNodes.Sum(k => Items(k, "goals").Count), kpiNodes.Count(k => k.Find("budget") is not null)));
        Assert.Equal((slos, alarms), (Items(root, "slos").Count, Items(root, "alarms").Count));
    }

    private static List<YamlMapping> Items(YamlMapping of, string key) =>
        of.Find(key)?.Value is YamlSequence list ? [.. list.Items.OfType<YamlMapping>()] : [];
}
