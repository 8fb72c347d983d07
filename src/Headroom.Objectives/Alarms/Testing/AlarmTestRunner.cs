using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms.Notifications;

namespace Headroom.Objectives.Alarms.Testing;

/// <summary>One expectation that was not met.</summary>
/// <param name="Test">The test.</param>
/// <param name="Where">Where the expectation stands.</param>
/// <param name="What">What was looked at, and when.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Got">What came of it.</param>
public sealed record AlarmTestFailure(string Test, string Where, string What, string Expected, string Got);

/// <summary>Runs unit tests for alarms: the evaluation of the server, over given series and in virtual time.</summary>
/// <param name="project">The alarms.</param>
/// <param name="ports">Forecasts and anomalies.</param>
/// <param name="time">The clock for the time limit of queries.</param>
public sealed class AlarmTestRunner(AlarmProject project, AlarmPorts ports, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(60);

    /// <summary>Runs one test.</summary>
    /// <returns>What failed; empty when it passed.</returns>
    /// <exception cref="ProblemException">The test itself is wrong: series that cannot be read, alarms that do not exist.</exception>
    public async ValueTask<IReadOnlyList<AlarmTestFailure>> RunAsync(AlarmTest test, CancellationToken cancel)
    {
        var backend = new SeriesBackend(Load(test), time);
        var checks = test.States.Select(s => s.At).Concat(test.Alerts.Select(a => a.At)).Distinct().Order().ToList();
        if (checks.Count > 0 && checks[^1] > Longest) throw new ProblemException(new Problem("alarm-test-long", $"The test '{test.Name}' looks further than {Longest.TotalDays} days ahead.", null, "Use an earlier eval_time."));
        CheckNames(test);
        var failures = new List<AlarmTestFailure>();
        var board = new AlarmBoard();
        var evaluator = new AlarmEvaluator(project, backend, ports);
        var tick = Tick();
        var now = TimeSpan.Zero;
        foreach (var at in checks)
        {
            for (; now <= at; now += tick) await evaluator.EvaluateAsync(board, DateTimeOffset.UnixEpoch + now, cancel);
            foreach (var expected in test.States.Where(s => s.At == at)) Compare(test, board, expected, failures);
            foreach (var expected in test.Alerts.Where(a => a.At == at)) Compare(test, board, expected, failures);
        }
        foreach (var expected in test.Samples) await CompareAsync(test, backend, expected, failures, cancel);
        return failures;
    }

    private static MemorySeriesSource Load(AlarmTest test)
    {
        var source = new MemorySeriesSource();
        var problems = new List<Problem>();
        foreach (var series in test.Series)
        {
            try
            {
                SeriesNotation.Load(series.Values, SeriesNotation.Series(series.Series), (long)test.Interval.TotalMilliseconds, source);
            }
            catch (FormatException error)
            {
                problems.Add(new Problem("alarm-test-series", $"The series '{series.Series}' cannot be read: {error.Message}.", series.Where));
            }
        }
        return problems.Count == 0 ? source : throw new ProblemException(problems);
    }

    private void CheckNames(AlarmTest test)
    {
        var problems = new List<Problem>();
        foreach (var (name, where) in test.States.Select(s => (s.Alarm, s.Where)).Concat(test.Alerts.Select(a => (a.Alarm, a.Where))))
            if (project.Alarms.All(a => a.Name != name))
                problems.Add(new Problem("alarm-unknown", $"There is no alarm '{name}'.", where, Configuration.Values.NearestName.Of(name, project.Alarms.Select(a => a.Name)) is { } near ? $"Did you mean '{near}'?" : "Check rule_files."));
        if (problems.Count > 0) throw new ProblemException(problems);
    }

    // Fine enough for every alarm's own period.
    private TimeSpan Tick() => TimeSpan.FromTicks(project.Alarms.Where(a => a.Condition is not CompositeCondition).Select(a => a.Period.Ticks).DefaultIfEmpty(TimeSpan.FromMinutes(1).Ticks).Aggregate(GreatestDivisor));

    private static long GreatestDivisor(long a, long b) => b == 0 ? a : GreatestDivisor(b, a % b);

    private void Compare(AlarmTest test, AlarmBoard board, ExpectedState expected, List<AlarmTestFailure> failures)
    {
        var alarm = project.Alarms.First(a => a.Name == expected.Alarm);
        var status = board.Of(expected.Alarm);
        string what = $"alarm: {expected.Alarm}, time: {TimeText(expected.At)}";
        if (expected.Labels is { } labels)
        {
            what += $", labels: {Shown(labels)}";
            var instance = status.Instances.FirstOrDefault(i => Matches(LabelsWithoutName(alarm, i), labels) || Matches(i.Labels, labels));
            if (instance is null) failures.Add(new AlarmTestFailure(test.Name, expected.Where, what, AlarmStates.WordOf(expected.State), "no such series"));
            else if (instance.State != expected.State) failures.Add(new AlarmTestFailure(test.Name, expected.Where, what, AlarmStates.WordOf(expected.State), $"{AlarmStates.WordOf(instance.State)} ({instance.Reason})"));
        }
        else if (status.State != expected.State)
        {
            string reason = status.Instances.FirstOrDefault(i => i.State == status.State)?.Reason ?? "not evaluated";
            failures.Add(new AlarmTestFailure(test.Name, expected.Where, what, AlarmStates.WordOf(expected.State), $"{AlarmStates.WordOf(status.State)} ({reason})"));
        }
    }

    private void Compare(AlarmTest test, AlarmBoard board, ExpectedAlerts expected, List<AlarmTestFailure> failures)
    {
        var alarm = project.Alarms.First(a => a.Name == expected.Alarm);
        var got = board.Of(expected.Alarm).Instances.Where(i => i.State == AlarmState.Alarm).Select(i => LabelsWithoutName(alarm, i).ToString()).Order(StringComparer.Ordinal).ToList();
        var wanted = expected.Labels.Select(l => Labels.From([.. l.Where(p => p.Key is not ("alertname" or Muting.AlarmMatchers.AlarmLabel)).Select(p => new Label(p.Key, p.Value))]).ToString()).Order(StringComparer.Ordinal).ToList();
        if (!got.SequenceEqual(wanted, StringComparer.Ordinal))
            failures.Add(new AlarmTestFailure(test.Name, expected.Where, $"alertname: {expected.Alarm}, time: {TimeText(expected.At)}", $"[{string.Join(", ", wanted)}]", $"[{string.Join(", ", got)}]"));
    }

    private static async ValueTask CompareAsync(AlarmTest test, SeriesBackend backend, ExpectedSamples expected, List<AlarmTestFailure> failures, CancellationToken cancel)
    {
        string what = $"expr: {expected.Expression}, time: {TimeText(expected.At)}";
        string wanted, got;
        try
        {
            wanted = Text(expected.Samples.Select(s => (s.Labels.Trim() is "{}" or "" ? Labels.Empty : SeriesNotation.Series(s.Labels), s.Value)));
            var result = (await backend.QueryAsync(expected.Expression, (long)expected.At.TotalMilliseconds, cancel)).Value;
            got = Text(result is VectorValue vector ? vector.Samples.Select(s => (s.Labels, s.Histogram is null ? s.Value : double.NaN)) : result is ScalarValue scalar ? [(Labels.Empty, scalar.Value)] : []);
        }
        catch (FormatException error)
        {
            throw new ProblemException(new Problem("alarm-test-sample", error.Message, expected.Where));
        }
        catch (PromqlException error)
        {
            (wanted, got) = ("a result", $"an error: {error.Message}");
        }
        if (wanted != got) failures.Add(new AlarmTestFailure(test.Name, expected.Where, what, wanted, got));

        static string Text(IEnumerable<(Labels Labels, double Value)> samples) => $"[{string.Join(", ", samples.OrderBy(s => s.Labels).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Labels} {s.Value:G12}")))}]";
    }

    private static Labels LabelsWithoutName(AlarmDefinition alarm, AlarmInstance instance) => NotificationPlanner.LabelsOf(alarm, instance.Labels).With(Muting.AlarmMatchers.AlarmLabel, "");

    private static bool Matches(Labels labels, IReadOnlyDictionary<string, string> wanted) => labels.Count == wanted.Count && wanted.All(w => labels[w.Key] == w.Value);

    private static string Shown(IReadOnlyDictionary<string, string> labels) => "{" + string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}=\"{l.Value}\"")) + "}";

    private static string TimeText(TimeSpan at) => Configuration.Values.DurationText.Format(at);
}
