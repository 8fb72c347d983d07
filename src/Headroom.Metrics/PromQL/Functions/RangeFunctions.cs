using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Binds names to the functions over windows.</summary>
internal static class RangeFunctions
{
    public static IEnumerable<(string Name, VectorFunction Function)> All
    {
        get
        {
            yield return Change("rate", counter: true, perSecond: true);
            yield return Change("increase", counter: true, perSecond: false);
            yield return Change("delta", counter: false, perSecond: false);
            yield return Over("irate", (context, place) => new InstantChange(context, place, rate: true));
            yield return Over("idelta", (context, place) => new InstantChange(context, place, rate: false));
            yield return Over("sum_over_time", (context, place) => new SumOverTime(context, place, average: false), SampleAggregate.Sum);
            yield return ("avg_over_time", (evaluator, call) => Average(evaluator, call.Arguments[0]));
            yield return Over("min_over_time", (context, place) => new ExtremeOverTime(context, place, max: false), SampleAggregate.Min);
            yield return Over("max_over_time", (context, place) => new ExtremeOverTime(context, place, max: true), SampleAggregate.Max);
            yield return ("count_over_time", (evaluator, call) => evaluator.IsRolledUp(call.Arguments[0])
                ? evaluator.Slide(evaluator.Range(call.Arguments[0], SampleAggregate.Count), new SumOverTime(evaluator.Context, call.Arguments[0].Span, average: false))
                : evaluator.Slide(evaluator.Range(call.Arguments[0]), new SamplesOverTime("count_over_time")));
            yield return Over("ts_of_min_over_time", (context, place) => new TimeOfExtreme(context, place, max: false));
            yield return Over("ts_of_max_over_time", (context, place) => new TimeOfExtreme(context, place, max: true));
            yield return Over("stddev_over_time", (context, place) => new SpreadOverTime(context, place, root: true));
            yield return Over("stdvar_over_time", (context, place) => new SpreadOverTime(context, place, root: false));
            yield return Over("mad_over_time", (context, place) => new DeviationOverTime(context, place));
            yield return Over("deriv", (context, place) => new Derivative(context, place));
            foreach (string name in (string[])["present_over_time", "ts_of_first_over_time", "ts_of_last_over_time"])
                yield return Over(name, (_, _) => new SamplesOverTime(name));
            foreach (string name in (string[])["first_over_time", "last_over_time"])
                yield return (name, (evaluator, call) => evaluator.Slide(evaluator.Range(call.Arguments[0]), new SamplesOverTime(name), keepName: true));
            yield return Transition("changes", resets: false);
            yield return Transition("resets", resets: true);
            yield return ("quantile_over_time", (evaluator, call) => evaluator.Slide(
                evaluator.Range(call.Arguments[1]),
                new QuantileOverTime(evaluator.Context, call.Arguments[1].Span, call.Arguments[0].Span, evaluator.Scalar(call.Arguments[0]))));
            yield return ("predict_linear", (evaluator, call) => evaluator.Slide(
                evaluator.Range(call.Arguments[0]),
                new LinearPrediction(evaluator.Context, call.Arguments[0].Span, evaluator.Scalar(call.Arguments[1]))));
            yield return ("double_exponential_smoothing", (evaluator, call) => evaluator.Slide(
                evaluator.Range(call.Arguments[0]),
                new DoubleSmoothing(evaluator.Context, call.Arguments[0].Span, evaluator.Scalar(call.Arguments[1]), evaluator.Scalar(call.Arguments[2]))));
        }
    }

    private static (string, VectorFunction) Over(string name, Func<QueryContext, Span, RangeFunction> make, SampleAggregate aggregate = SampleAggregate.None) => (name, (evaluator, call) =>
        evaluator.Slide(evaluator.Range(call.Arguments[0], aggregate), make(evaluator.Context, call.Arguments[0].Span)));

    private static Vector Average(Evaluator evaluator, Expr argument)
    {
        return evaluator.IsRolledUp(argument) ? evaluator.SlideAggregates(argument, () => Sum(average: true), () => Sum(average: false))
            : evaluator.Slide(evaluator.Range(argument), Sum(average: true));

        SumOverTime Sum(bool average) => new(evaluator.Context, argument.Span, average);
    }

    private static (string, VectorFunction) Change(string name, bool counter, bool perSecond) => (name, (evaluator, call) =>
    {
        var vector = evaluator.Range(call.Arguments[0]);
        RangeFunction function = vector.Mode == RangeMode.Plain
            ? new ExtrapolatedChange(evaluator.Context, call.Arguments[0].Span, counter, perSecond)
            : new BorderedChange(evaluator.Context, name, vector.Mode, vector.Range);
        return evaluator.Slide(vector, function);
    });

    private static (string, VectorFunction) Transition(string name, bool resets) => (name, (evaluator, call) =>
    {
        var vector = evaluator.Range(call.Arguments[0]);
        RangeFunction function = vector.Mode == RangeMode.Plain
            ? new Transitions(resets)
            : new BorderedChange(evaluator.Context, name, vector.Mode, vector.Range);
        return evaluator.Slide(vector, function);
    });
}
