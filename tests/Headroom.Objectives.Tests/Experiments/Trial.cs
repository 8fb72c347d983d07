using Headroom.Metrics.Histograms;
using Headroom.Objectives.Experiments;

namespace Headroom.Objectives.Tests.Experiments;

/// <summary>An experiment with drawn users, for asking how often its verdicts are wrong.</summary>
internal sealed class Trial(ExperimentDefinition experiment, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<(string, string), HistogramRecorder?[]> _recorders = [];
    private readonly double[][] _counts = [.. experiment.Variants.Select(_ => new double[Assignment.Groups])];
    private int _users;

    /// <summary>Adds users; each does a number of things, of values drawn for the user and the thing.</summary>
    public Trial Add(int users, Func<Random, int> outcomes, Func<string, Random, Func<double>> values, Func<string, string>? assigned = null)
    {
        for (int i = 0; i < users; i++)
        {
            string user = $"{seed}/{_users++}";
            string variant = Assignment.Assign(experiment, user).Name;
            if (assigned is not null) variant = assigned(variant);
            int index = experiment.Variants.TakeWhile(v => v.Name != variant).Count(), group = Assignment.GroupOf(experiment, user);
            var value = values(variant, _random);
            for (int k = outcomes(_random); k > 0; k--)
            {
                Record(variant, experiment.Primary.Name, group, value());
                _counts[index][group]++;
            }
        }
        return this;
    }

    public ExperimentAnalysis Analyze() => ExperimentAnalysis.Of(experiment, 0, Of, _counts);

    /// <summary>The same outcomes with guards, whose outcomes come from elsewhere.</summary>
    public ExperimentAnalysis Analyze(ExperimentDefinition withGuards, Func<string, string, GroupedOutcomes> guards) => ExperimentAnalysis.Of(withGuards, 0,
        (variant, metric) => metric == withGuards.Primary.Name ? Of(variant, metric) : guards(variant, metric), _counts);

    private GroupedOutcomes Of(string variant, string metric) =>
        new([.. _recorders.GetValueOrDefault((variant, metric), new HistogramRecorder?[Assignment.Groups]).Select(r => r?.ToHistogram())]);

    private void Record(string variant, string metric, int group, double value)
    {
        if (!_recorders.TryGetValue((variant, metric), out var groups)) _recorders[(variant, metric)] = groups = new HistogramRecorder?[Assignment.Groups];
        (groups[group] ??= new HistogramRecorder()).Record(value);
    }
}

/// <summary>Outcomes of one variant and metric by group.</summary>
internal sealed class HistogramRecorderSet
{
    private readonly HistogramRecorder[] _groups = [.. Enumerable.Range(0, Assignment.Groups).Select(_ => new HistogramRecorder())];

    public void Record(int group, double value) => _groups[group].Record(value);

    public GroupedOutcomes Outcomes() => new([.. _groups.Select(g => g.ToHistogram())]);
}
