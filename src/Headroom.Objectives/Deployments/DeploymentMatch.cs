using Headroom.Metrics;

namespace Headroom.Objectives.Deployments;

/// <summary>Which deployments stand near a change, and whether one of them announced it.</summary>
public static class DeploymentMatch
{
    /// <summary>
    /// The deployments that may have brought a change: recorded between two instants (both included), for the series' service or for all;
    /// the latest first.
    /// </summary>
    public static IReadOnlyList<Deployment> Near(IEnumerable<Deployment> deployments, Labels series, long from, long to) =>
        [.. deployments.Where(d => d.Time >= from && d.Time <= to && d.MayConcern(series)).OrderByDescending(d => d.Time)];

    /// <summary>The deployment that expects a regression of this subject, or null.</summary>
    /// <param name="near">From <see cref="Near"/>.</param>
    /// <param name="subjects">Names of what got worse: the query, its metric, its KPI.</param>
    public static Deployment? Explaining(IEnumerable<Deployment> near, params IReadOnlyList<string> subjects) =>
        near.FirstOrDefault(d => d.Expects.Any(e => e == "*" || subjects.Contains(e, StringComparer.Ordinal)));
}
