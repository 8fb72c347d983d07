using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;

namespace Headroom.Objectives.Experiments;

/// <summary>
/// What one user met: the values of some of the experiment's metrics. Outcomes are kept as distributions in the store, a
/// series for each variant, metric and group of users; so they are durable, mergeable and open to any query.
/// </summary>
/// <param name="User">Who; decides the variant and the group. Not stored.</param>
/// <param name="Values">Metric and value, finite.</param>
/// <param name="Time">When, Unix milliseconds UTC.</param>
/// <param name="Variant">The variant the user really got, when that was not the assigned one; else null.</param>
/// <param name="Id">A repeated id counts once; null when there is none.</param>
public sealed record Outcome(string User, IReadOnlyList<KeyValuePair<string, double>> Values, long Time, string? Variant = null, string? Id = null)
{
    /// <summary>The metric under which outcomes are stored.</summary>
    public const string Series = "headroom_experiment_outcome";

    /// <summary>Adds the outcome to a write, or says why it cannot be.</summary>
    /// <returns>Null when it was added.</returns>
    public Problem? AddTo(WriteRequest write, ExperimentDefinition experiment, string where)
    {
        if (User.Length is 0 or > 1000) return new Problem("outcome-user", "A user has 1 to 1,000 characters.", $"{where}.user");
        if (Values.Count == 0) return new Problem("outcome-empty", "The outcome has no value.", $"{where}.metrics", $"Give at least '{experiment.Primary.Name}'.");
        foreach (var (metric, value) in Values)
        {
            if (experiment.Metrics.All(m => m.Name != metric))
                return new Problem("outcome-metric", $"The experiment has no metric '{metric}'.", $"{where}.metrics", $"It has {string.Join(", ", experiment.Metrics.Select(m => m.Name))}.");
            if (!double.IsFinite(value)) return new Problem("outcome-value", $"The value of '{metric}' is not a finite number.", $"{where}.metrics");
        }
        string variant = Variant ?? Assignment.Assign(experiment, User).Name;
        if (experiment.Variants.All(v => v.Name != variant))
            return new Problem("outcome-variant", $"The experiment has no variant '{variant}'.", $"{where}.variant", $"It has {string.Join(", ", experiment.Variants.Select(v => v.Name))}.");
        string group = Assignment.GroupOf(experiment, User).ToString(CultureInfo.InvariantCulture);
        foreach (var (metric, value) in Values)
        {
            var labels = Labels.Of(Series, ("experiment", experiment.Name), ("group", group), ("metric", metric), ("service", "headroom"), ("variant", variant));
            write.Observations.Add(new Observation(labels, Time, value, Id is null ? null : new SampleNote(null, $"{experiment.Name}/{Id}/{metric}", null)));
        }
        return null;
    }
}
