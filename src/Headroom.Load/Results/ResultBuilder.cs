using Headroom.Load.Engine;
using Headroom.Load.Generator;
using Headroom.Load.Measurement;
using Headroom.Load.Plans;
using Headroom.Load.Thresholds;
using Headroom.Metrics.Histograms;

namespace Headroom.Load.Results;

/// <summary>Makes a result of what a run measured.</summary>
internal sealed class ResultBuilder(RunProgram program, Measured total, TimeSlots slots, double seconds)
{
    public LoadResult Build(IReadOnlyList<ThresholdWatch> thresholds, GeneratorReport generator, string transport, DateTimeOffset startedAt, bool interrupted, string? abortedBy, IReadOnlyList<string> notes)
    {
        var plan = program.Plan;
        long completed = total.Count(All, OutcomeCode.IsAnswer), ended = total.Count(All, static _ => true), failed = total.Count(All, OutcomeCode.IsFailure);
        var judged = thresholds.Select(Judge).ToList();
        bool isOpen = plan.Scenarios.Any(s => s.Shape is Executors.OpenShape);
        var (invalid, warnings) = GeneratorVerdict.Judge(generator, isOpen, judged.Count > 0, seconds, plan.Scenarios.Sum(s => s.Shape.MaxVus));
        var response = Summary(total.Times(service: false, All, static _ => true), withHistogram: true);
        double rate = seconds > 0 ? completed / seconds : 0, failedRate = ended == 0 ? 0 : (double)failed / ended;
        if (ended == 0) warnings = [.. warnings, "no request was measured"];
        return new LoadResult
        {
            Name = plan.Name,
            Valid = invalid.Count == 0,
            InvalidReasons = invalid,
            Warnings = [.. warnings, .. notes],
            Passed = judged.All(t => t.Passed),
            Interrupted = interrupted,
            AbortedBy = abortedBy,
            StartedAt = startedAt,
            DurationSeconds = Math.Round(seconds, 3),
            WarmUpSeconds = plan.WarmUp.TotalSeconds,
            Transport = transport,
            Scenarios = [.. plan.Scenarios.Select(s => new ScenarioSummary(s.Name, s.Shape.Executor, s.Shape.Describe()))],
            Requests = new RequestCounts(total.Started, completed, failed, Of(ErrorClass.Unanswered), Math.Round(rate, 3), failedRate),
            ServiceTime = Summary(total.Times(service: true, All, static _ => true), withHistogram: true),
            ResponseTime = response,
            Statuses = Statuses(total.Outcomes.Select(o => (o.Key.Code, o.Value.Count))),
            Errors = Errors(),
            Endpoints = [.. program.Shape.Kinds.Select(Endpoint)],
            Checks = [.. program.Shape.Checks.Select((c, i) => new CheckSummary(c.Name, program.Shape.Kinds[c.Kind].Name, total.ChecksPassed[i], total.ChecksFailed[i]))],
            Metrics = [.. program.Shape.Metrics.Select((m, i) => Metric(m.Name, total.Custom[i]))],
            Iterations = new IterationSummary(total.Iterations, seconds > 0 ? Math.Round(total.Iterations / seconds, 3) : 0, Summary(total.IterationSeconds, withHistogram: false)),
            Data = new DataSummary(total.BytesSent, total.BytesReceived),
            Thresholds = judged,
            Generator = generator,
            Assessment = ended == 0 ? [] : Assessment.Of(failedRate, response.P95, rate),
            SlotSeconds = slots.Width,
            Series = [.. slots.All.Select(Slot)],
        };
    }

    /// <summary>A distribution of seconds, summed up in milliseconds.</summary>
    internal static LatencySummary Summary(Distribution times, bool withHistogram, double scale = 1000) => new()
    {
        Count = times.Count,
        Min = Shown(times.Min, scale),
        Average = Shown(times.Mean, scale),
        P50 = Shown(times.Quantile(0.5), scale),
        P90 = Shown(times.Quantile(0.9), scale),
        P95 = Shown(times.Quantile(0.95), scale),
        P99 = Shown(times.Quantile(0.99), scale),
        P999 = Shown(times.Quantile(0.999), scale),
        Max = Shown(times.Max, scale),
        Histogram = withHistogram ? Document(times.ToHistogram()) : null,
    };

    private static HistogramDocument Document(Histogram histogram) =>
        new(histogram.Scale, histogram.ZeroCount, histogram.Count, histogram.Sum, histogram.Positive.Indexes, histogram.Positive.Counts);

    private ThresholdResult Judge(ThresholdWatch watch)
    {
        double value = watch.Value(total, seconds);
        return new ThresholdResult(watch.Threshold.Selector, watch.Threshold.Text, double.IsFinite(value) ? Math.Round(value, 6) : null, watch.Threshold.Expression.Holds(value));
    }

    private EndpointSummary Endpoint(RequestKind kind)
    {
        bool Own(RequestKind k) => k.Index == kind.Index;
        var response = Summary(total.Times(service: false, Own, static _ => true), withHistogram: true);
        long count = total.Count(Own, static _ => true), failed = total.Count(Own, OutcomeCode.IsFailure);
        return new EndpointSummary(kind.Name, kind.Scenario, kind.Method, count, failed, count == 0 ? 0 : (double)(count - failed) / count,
            response.Average, response.P50, response.P95, response.P99, response.Max, response, Summary(total.Times(service: true, Own, static _ => true), withHistogram: false),
            Outcomes(total.Outcomes.Where(o => o.Key.Kind == kind.Index).Select(o => (o.Key.Code, o.Value.Count))));
    }

    private static MetricSummary Metric(string name, CustomTotal custom) => custom.Kind switch
    {
        CustomMetricKind.Rate => new MetricSummary(name, "rate", custom.Count == 0 ? null : custom.Sum / custom.Count, custom.Count, null),
        CustomMetricKind.Counter => new MetricSummary(name, "counter", custom.Sum, custom.Count, null),
        _ => new MetricSummary(name, "trend", Shown(custom.Trend.Mean, 1), custom.Count, Summary(custom.Trend, withHistogram: false, scale: 1)),
    };

    private SlotSummary Slot(TimeSlot slot)
    {
        var times = new Distribution();
        long done = 0, failed = 0;
        foreach (var ((_, code), outcome) in slot.Outcomes)
        {
            if (OutcomeCode.IsAnswer(code)) done += outcome.Count;
            if (OutcomeCode.IsFailure(code)) failed += outcome.Count;
            if (outcome.Response is { } histogram) times.Add(histogram, histogram.LowerBound, outcome.Max);
        }
        // The last slot is rarely whole; of very little of one no rate can be told.
        double end = program.Plan.WarmUp.TotalSeconds + seconds, width = Math.Clamp(end - slot.Second, 0.25, slots.Width);
        return new SlotSummary(slot.Second, done / width, slot.Started / width, failed / width, slot.ActiveVus,
            Shown(times.Quantile(0.5), 1000), Shown(times.Quantile(0.9), 1000), Shown(times.Quantile(0.95), 1000), Shown(times.Quantile(0.99), 1000), Shown(times.Max, 1000),
            Math.Round(slot.LagP99Seconds * 1000, 4), Outcomes(slot.Outcomes.Select(o => (o.Key.Code, o.Value.Count))));
    }

    private SortedDictionary<string, long> Errors()
    {
        var errors = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var ((_, code), outcome) in total.Outcomes)
        {
            if (!OutcomeCode.IsFailure(code) || outcome.Count == 0) continue;
            string name = OutcomeCode.IsAnswer(code) ? code >= 500 ? "5xx" : "4xx" : Word(OutcomeCode.ErrorOf(code));
            errors[name] = errors.GetValueOrDefault(name) + outcome.Count;
        }
        if (total.ChecksFailed.Sum() is > 0 and var checks) errors["check"] = checks;
        return errors;
    }

    private long Of(ErrorClass error) => total.Count(All, c => OutcomeCode.ErrorOf(c) == error);

    private static SortedDictionary<string, long> Statuses(IEnumerable<(int Code, long Count)> outcomes) => Outcomes(outcomes.Where(o => OutcomeCode.IsAnswer(o.Code)));

    private static SortedDictionary<string, long> Outcomes(IEnumerable<(int Code, long Count)> outcomes)
    {
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (code, count) in outcomes)
        {
            if (count == 0) continue;
            string name = OutcomeCode.IsAnswer(code) ? code.ToString(System.Globalization.CultureInfo.InvariantCulture) : Word(OutcomeCode.ErrorOf(code));
            named[name] = named.GetValueOrDefault(name) + count;
        }
        return named;
    }

    private static string Word(ErrorClass error) => error.ToString().ToLowerInvariant();

    private static double? Shown(double value, double scale) => double.IsFinite(value) ? Math.Round(value * scale, 4) : null;

    private static bool All(RequestKind kind) => true;
}
