using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;

namespace Headroom.Objectives.Alarms.Testing;

/// <summary>A file of unit tests for alarms, in the form of promtool's test files.</summary>
/// <param name="Configurations">The files that define the alarms (<c>rule_files</c>), relative to the test file; empty for headroom.yaml beside it.</param>
/// <param name="Tests">The tests.</param>
public sealed record AlarmTestFile(IReadOnlyList<string> Configurations, IReadOnlyList<AlarmTest> Tests)
{
    private static readonly Shape<TimeSpan> Time = Shapes.Duration(TimeSpan.Zero);
    private static readonly Shape<AlarmTestFile> Shape = Declare();

    /// <summary>Reads a test file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">UTF-8.</param>
    /// <exception cref="ProblemException">It is none; everything that is wrong is given, with line and column.</exception>
    public static AlarmTestFile Read(string file, ReadOnlySpan<byte> bytes)
    {
        var problems = new List<Problem>();
        if (YamlReader.Read(file, bytes, null, problems) is { } root && Shape.TryRead(root, problems, out var tests) && problems.Count == 0) return tests;
        throw new ProblemException(problems);
    }

    private static ObjectShape<AlarmTestFile> Declare()
    {
        var files = Property.Optional<IReadOnlyList<string>>("rule_files", "The headroom.yaml that defines the alarms, relative to this file. Default: headroom.yaml beside it.", Shapes.OneOrMore(Shapes.Text()), []);
        var interval = Property.Optional("evaluation_interval", "Distance of values in tests that give none. Alarms are evaluated at their own periods.", Shapes.Duration(), TimeSpan.FromMinutes(1));
        var order = Property.Optional<IReadOnlyList<string>>("group_eval_order", "Accepted from promtool's files; alarms are evaluated in the order of their rules.", Shapes.List(Shapes.Text()), []);
        var tests = Property.Required("tests", "The tests.", Shapes.List(DeclareTest()));
        return new ObjectShape<AlarmTestFile>("Unit tests for alarms.", [files, interval, order, tests],
            f => new AlarmTestFile(f.Get(files), [.. f.Get(tests).Select(t => t.Interval == TimeSpan.Zero ? t with { Interval = f.Get(interval) } : t)]));
    }

    private static ObjectShape<AlarmTest> DeclareTest()
    {
        var name = Property.Optional<string?>("name", "Shown when it fails.", Shapes.Text(200)!, null);
        var interval = Property.Optional("interval", "Distance of values.", Shapes.Duration(), TimeSpan.Zero);
        var series = Property.Optional<IReadOnlyList<InputSeries>>("input_series", "The series.", Shapes.List(DeclareSeries()), []);
        var alarms = Property.Optional<IReadOnlyList<ExpectedState>>("alarm_test", "States that alarms must have.", Shapes.List(DeclareState()), []);
        var alerts = Property.Optional<IReadOnlyList<ExpectedAlerts>>("alert_rule_test", "Series of an alarm that must be in ALARM, as promtool has it.", Shapes.List(DeclareAlerts()), []);
        var samples = Property.Optional<IReadOnlyList<ExpectedSamples>>("promql_expr_test", "What expressions must give.", Shapes.List(DeclareSamples()), []);
        return new ObjectShape<AlarmTest>("A test.", [name, interval, series, alarms, alerts, samples],
            f => new AlarmTest(f.Get(name) ?? $"test at line {f.Mark.Line}", f.Get(interval), f.Get(series), f.Get(alarms), f.Get(alerts), f.Get(samples)));
    }

    private static ObjectShape<InputSeries> DeclareSeries()
    {
        var series = Property.Required("series", "Name and labels.", Shapes.Text());
        var values = Property.Required("values", "Values as in '1+1x10 _x3 stale'.", Shapes.Text(1_000_000));
        return new ObjectShape<InputSeries>("A series.", [series, values], f => new InputSeries(f.Get(series), f.Get(values), f.Mark.ToString()));
    }

    private static ObjectShape<ExpectedState> DeclareState()
    {
        var at = Property.Required("eval_time", "When, from the first value on.", Time);
        var alarm = Property.Required("alarm", "The alarm.", Shapes.Text());
        var state = Property.Required("exp_state", "The state it must have.", Shapes.Choice([.. Enum.GetValues<AlarmState>().Select(s => (AlarmStates.WordOf(s), s, AlarmStates.WordOf(s)))]));
        var labels = Property.Optional<IReadOnlyDictionary<string, string>?>("labels", "The series meant. Default: the worst.", Shapes.Map(Shapes.Text())!, null);
        return new ObjectShape<ExpectedState>("A state.", [at, alarm, state, labels], f => new ExpectedState(f.Get(at), f.Get(alarm), f.Get(state), f.Get(labels), f.Mark.ToString()));
    }

    private static ObjectShape<ExpectedAlerts> DeclareAlerts()
    {
        var labels = Property.Optional<IReadOnlyDictionary<string, string>>("exp_labels", "Labels of the series and of the alarm.", Shapes.Map(Shapes.Text()), new Dictionary<string, string>());
        var annotations = Property.Optional<IReadOnlyDictionary<string, string>>("exp_annotations", "Accepted from promtool's files and not compared: alarms have a description instead.", Shapes.Map(Shapes.Text()), new Dictionary<string, string>());
        var alert = new ObjectShape<IReadOnlyDictionary<string, string>>("A series in ALARM.", [labels, annotations], f => f.Get(labels));
        var at = Property.Required("eval_time", "When.", Time);
        var name = Property.Required("alertname", "The alarm.", Shapes.Text());
        var expected = Property.Optional<IReadOnlyList<IReadOnlyDictionary<string, string>>>("exp_alerts", "All its series in ALARM. Default: none.", Shapes.List<IReadOnlyDictionary<string, string>>(alert), []);
        return new ObjectShape<ExpectedAlerts>("Series in ALARM.", [at, name, expected], f => new ExpectedAlerts(f.Get(at), f.Get(name), f.Get(expected), f.Mark.ToString()));
    }

    private static ObjectShape<ExpectedSamples> DeclareSamples()
    {
        var labels = Property.Optional("labels", "The series.", Shapes.Text(), "{}");
        var value = Property.Required("value", "Its value.", Shapes.Parsed<double>("a number", (string text, out double number, out string reason) =>
        {
            reason = "";
            return SeriesNotation.TryNumber(text, out number);
        }, () => []));
        var sample = new ObjectShape<(string Labels, double Value)>("A sample.", [labels, value], f => (f.Get(labels), f.Get(value)));
        var expression = Property.Required("expr", "PromQL.", Shapes.Text());
        var at = Property.Required("eval_time", "When.", Time);
        var expected = Property.Optional<IReadOnlyList<(string Labels, double Value)>>("exp_samples", "All samples it must give.", Shapes.List(sample), []);
        return new ObjectShape<ExpectedSamples>("What an expression must give.", [expression, at, expected], f => new ExpectedSamples(f.Get(expression), f.Get(at), f.Get(expected), f.Mark.ToString()));
    }
}

/// <summary>One test: series, and what must come of them.</summary>
/// <param name="Name">Shown when it fails.</param>
/// <param name="Interval">Distance of values.</param>
/// <param name="Series">The series.</param>
/// <param name="States">States that alarms must have.</param>
/// <param name="Alerts">Series that must be in ALARM.</param>
/// <param name="Samples">What expressions must give.</param>
public sealed record AlarmTest(string Name, TimeSpan Interval, IReadOnlyList<InputSeries> Series, IReadOnlyList<ExpectedState> States, IReadOnlyList<ExpectedAlerts> Alerts, IReadOnlyList<ExpectedSamples> Samples);

/// <summary>A series of a test.</summary>
public sealed record InputSeries(string Series, string Values, string Where);

/// <summary>A state an alarm, or one series of it, must have.</summary>
public sealed record ExpectedState(TimeSpan At, string Alarm, AlarmState State, IReadOnlyDictionary<string, string>? Labels, string Where);

/// <summary>All series of an alarm that must be in ALARM.</summary>
public sealed record ExpectedAlerts(TimeSpan At, string Alarm, IReadOnlyList<IReadOnlyDictionary<string, string>> Labels, string Where);

/// <summary>What an expression must give.</summary>
public sealed record ExpectedSamples(string Expression, TimeSpan At, IReadOnlyList<(string Labels, double Value)> Samples, string Where);
