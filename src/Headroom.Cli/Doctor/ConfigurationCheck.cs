using System.Runtime.CompilerServices;
using Headroom.Server.Projects;

namespace Headroom.Cli.Doctor;

/// <summary>Whether headroom.yaml can be read, and what is wrong with it.</summary>
internal sealed class ConfigurationCheck(string? path) : ICheck
{
    private const string Name = "configuration";

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        if (path is null)
        {
            yield return new Finding(Name, Health.Fact, "no headroom.yaml here: defaults apply, and there are no KPIs", "Write one; docs/configuration.md shows how.");
            yield break;
        }
        var outcome = ProjectFile.Loader.Load(path, Environment.CurrentDirectory);
        if (outcome.Configuration is { } configuration)
        {
            int kpis = ProjectFile.KpisIn(configuration).Count;
            yield return new Finding(Name, Health.Good, $"{path}: no errors; project {configuration.Project}, {kpis} KPI{(kpis == 1 ? "" : "s")}");
            yield break;
        }
        foreach (var problem in outcome.Problems) yield return new Finding(Name, Health.Bad, $"{problem.Where}: {problem.What}", problem.Fix);
    }
}
