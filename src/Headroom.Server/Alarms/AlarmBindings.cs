using Headroom.Configuration.Loading;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Rules;
using Headroom.Objectives.Slos;
using Headroom.Server.Projects;

namespace Headroom.Server.Alarms;

/// <summary>The sections of headroom.yaml about SLOs and alarms, and what alarms are bound to.</summary>
public static class AlarmBindings
{
    /// <summary>Forecasts and anomalies for alarms.</summary>
    public static AlarmPorts Ports { get; } = new(new SeriesForecaster(), new AnomalyJudge());

    private static readonly ConfigurationSection<IReadOnlyList<SloDefinition>> Slos = SlosSection.Create(PromqlCheck.WhatIsWrong);
    private static readonly ConfigurationSection<IReadOnlyList<AlarmDefinition>> Alarms = AlarmsSection.Create(PromqlCheck.WhatIsWrong, Ports);

    internal static IReadOnlyList<ConfigurationSection> Sections => [Slos, Alarms, AlertingSections.Alerting, AlertingSections.Silences, AlertingSections.Maintenance];

    /// <summary>What a configuration says about SLOs and alarms.</summary>
    /// <exception cref="ProblemException">Alarms, SLOs and maintenance windows do not fit together; everything that is wrong is given.</exception>
    public static AlarmProject ProjectIn(ProjectConfiguration configuration)
    {
        var project = new AlarmProject(configuration.Get(Alarms), configuration.Get(Slos), configuration.Get(AlertingSections.Alerting), configuration.Get(AlertingSections.Silences), configuration.Get(AlertingSections.Maintenance));
        var problems = AlarmGraph.Check(project.Alarms, [.. project.Slos.Select(s => s.Name)], [.. project.Maintenance.Select(w => w.Name)]);
        return problems.Count == 0 ? project : throw new ProblemException(problems);
    }
}
