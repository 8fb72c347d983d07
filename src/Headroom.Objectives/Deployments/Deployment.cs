using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;

namespace Headroom.Objectives.Deployments;

/// <summary>A change that was brought to a service at an instant: a release, a configuration, a scaling step.</summary>
/// <param name="Id">Its name; a second record of the same id is the same deployment.</param>
/// <param name="Service">The service; empty when it concerns all.</param>
/// <param name="Version">What was deployed.</param>
/// <param name="Time">When, Unix milliseconds.</param>
/// <param name="Note">A sentence for people; empty when there is none.</param>
/// <param name="Expects">Metrics or KPIs that are known to get worse by it: a regression of one of them near it is explained.</param>
public sealed record Deployment(string Id, string Service, string Version, long Time, string Note, IReadOnlyList<string> Expects)
{
    /// <summary>Longest text of any field, in characters.</summary>
    public const int MaxLength = 1_000;

    /// <summary>Most expected regressions.</summary>
    public const int MaxExpects = 100;

    /// <summary>Everything wrong with it; empty when it is sound.</summary>
    public IReadOnlyList<Problem> Validate()
    {
        var problems = new List<Problem>();
        foreach (var (text, name) in ((string, string)[])[(Id, "id"), (Service, "service"), (Version, "version"), (Note, "note")])
            if (text.Length > MaxLength || text.Any(char.IsControl))
                problems.Add(new Problem("deployment-text", $"It has more than {MaxLength} characters, or control characters.", name));
        if (Id.Length == 0 || Id.Length > 200) problems.Add(new Problem("deployment-id", "An id has 1 to 200 characters.", "id"));
        if (Service.Length == 0 && Version.Length == 0) problems.Add(new Problem("deployment-empty", "Neither a service nor a version is named.", "service", "Say what was deployed."));
        if (Expects.Count > MaxExpects || Expects.Any(e => e.Length is 0 or > MaxLength)) problems.Add(new Problem("deployment-expects", $"At most {MaxExpects} expected regressions, each of 1 to {MaxLength} characters.", "expects"));
        return problems;
    }

    /// <summary>Whether it may concern a series: the series names no other service.</summary>
    public bool MayConcern(Labels series) => Service.Length == 0 || series["service"].Length == 0 || series["service"] == Service;
}
