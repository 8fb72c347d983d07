using System.Collections.Frozen;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>How a function that returns a vector is computed.</summary>
internal delegate Vector VectorFunction(Evaluator evaluator, CallExpr call);

/// <summary>All functions that return a vector, gathered from their families.</summary>
internal static class VectorFunctions
{
    private static readonly FrozenDictionary<string, VectorFunction> Table = All().ToFrozenDictionary(f => f.Name, f => f.Function, StringComparer.Ordinal);

    public static Vector Apply(Evaluator evaluator, CallExpr call) => Table[call.Function.Name](evaluator, call);

    private static IEnumerable<(string Name, VectorFunction Function)> All() =>
        MathFunctions.All.Concat(DateFunctions.All).Concat(RangeFunctions.All).Concat(LabelFunctions.All)
            .Concat(SortFunctions.All).Concat(PresenceFunctions.All).Concat(HistogramFunctions.All).Append(("info", InfoFunction.Apply));
}

/// <summary>All functions that return a scalar.</summary>
internal static class ScalarFunctions
{
    public static Scalar Apply(Evaluator evaluator, CallExpr call)
    {
        var (context, steps) = (evaluator.Context, evaluator.Steps);
        switch (call.Function.Name)
        {
            case "pi": return new Scalar(Math.PI);
            case "start": return new Scalar(context.Steps.Start / 1000.0);
            case "end": return new Scalar(context.Steps.End / 1000.0);
            case "step": return new Scalar(context.StepSeconds);
            case "range": return new Scalar(context.RangeSeconds);
            case "time":
                if (steps.Count == 1) return new Scalar(steps.Start / 1000.0);
                var times = new double[steps.Count];
                for (int i = 0; i < times.Length; i++) times[i] = steps[i] / 1000.0;
                return new Scalar(times);
            case "max_of" or "min_of":
                return Scalar.Combine(evaluator.Scalar(call.Arguments[0]), evaluator.Scalar(call.Arguments[1]), steps.Count,
                    call.Function.Name == "max_of" ? Math.Max : Math.Min);
            default: return OnlyElement(evaluator, call.Arguments[0]);
        }
    }

    // scalar(): the value of a vector's only float; NaN when there is none or several.
    private static Scalar OnlyElement(Evaluator evaluator, Expr argument)
    {
        var values = new double[evaluator.Steps.Count];
        var seen = new int[values.Length];
        foreach (var series in evaluator.Vector(argument).Series)
        {
            if (series.Take() is not { } column) continue;
            for (int step = column.Start; step < column.End; step++)
            {
                if (!column.At(step) || column.HistogramAt(step) is not null) continue;
                values[step] = column.ValueAt(step);
                seen[step]++;
            }
            evaluator.Context.Return(column);
        }
        for (int i = 0; i < values.Length; i++)
            if (seen[i] != 1) values[i] = double.NaN;
        return new Scalar(values);
    }
}
