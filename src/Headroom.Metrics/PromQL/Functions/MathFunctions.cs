using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Functions from float to float. Histograms are left out silently.</summary>
internal static class MathFunctions
{
    public static IEnumerable<(string Name, VectorFunction Function)> All =>
    [
        Simple("abs", Math.Abs),
        Simple("ceil", Math.Ceiling),
        Simple("floor", Math.Floor),
        Simple("exp", Math.Exp),
        Simple("sqrt", Math.Sqrt),
        Simple("ln", Math.Log),
        Simple("log2", Math.Log2),
        Simple("log10", Math.Log10),
        Simple("sin", Math.Sin),
        Simple("cos", Math.Cos),
        Simple("tan", Math.Tan),
        Simple("asin", Math.Asin),
        Simple("acos", Math.Acos),
        Simple("atan", Math.Atan),
        Simple("sinh", Math.Sinh),
        Simple("cosh", Math.Cosh),
        Simple("tanh", Math.Tanh),
        Simple("asinh", Math.Asinh),
        Simple("acosh", Math.Acosh),
        Simple("atanh", Math.Atanh),
        Simple("rad", static v => v * Math.PI / 180),
        Simple("deg", static v => v * 180 / Math.PI),
        Simple("sgn", static v => v < 0 ? -1 : v > 0 ? 1 : v),
        ("round", Round),
        ("clamp", (evaluator, call) => Clamp(evaluator, call, evaluator.Scalar(call.Arguments[1]), evaluator.Scalar(call.Arguments[2]))),
        ("clamp_min", (evaluator, call) => Clamp(evaluator, call, evaluator.Scalar(call.Arguments[1]), new Scalar(double.PositiveInfinity))),
        ("clamp_max", (evaluator, call) => Clamp(evaluator, call, new Scalar(double.NegativeInfinity), evaluator.Scalar(call.Arguments[1]))),
        ("vector", FromScalar),
    ];

    private static (string, VectorFunction) Simple(string name, Func<double, double> function) =>
        (name, (evaluator, call) => Map(evaluator, evaluator.Vector(call.Arguments[0]), function));

    /// <summary>Applies a function to every float of a vector.</summary>
    public static Vector Map(Evaluator evaluator, Vector vector, Func<double, double> function) =>
        evaluator.MapDroppingName(vector, column =>
        {
            DropHistograms(column);
            for (int i = 0; i < column.Length; i++)
                if (column.Has[i]) column.Values[i] = function(column.Values[i]);
        });

    public static void DropHistograms(Column column)
    {
        if (column.Histograms is not { } histograms) return;
        for (int i = 0; i < column.Length; i++)
            if (histograms[i] is not null) column.Has[i] = false;
        column.Histograms = null;
    }

    private static Vector Round(Evaluator evaluator, CallExpr call)
    {
        // Dividing by the inverse is exact for more numbers than multiplying by a fraction.
        var inverse = (call.Arguments.Count > 1 ? evaluator.Scalar(call.Arguments[1]) : new Scalar(1)).Map(static v => 1 / v);
        return evaluator.MapDroppingName(evaluator.Vector(call.Arguments[0]), column =>
        {
            DropHistograms(column);
            for (int i = 0; i < column.Length; i++)
            {
                double by = inverse[column.Start + i];
                column.Values[i] = Math.Floor((column.Values[i] * by) + 0.5) / by;
            }
        });
    }

    private static Vector Clamp(Evaluator evaluator, CallExpr call, Scalar min, Scalar max) =>
        evaluator.MapDroppingName(evaluator.Vector(call.Arguments[0]), column =>
        {
            DropHistograms(column);
            for (int i = 0; i < column.Length; i++)
            {
                double low = min[column.Start + i], high = max[column.Start + i];
                if (low > high) column.Has[i] = false;
                else column.Values[i] = Math.Max(low, Math.Min(high, column.Values[i]));
            }
        });

    private static Vector FromScalar(Evaluator evaluator, CallExpr call)
    {
        var scalar = evaluator.Scalar(call.Arguments[0]);
        int count = evaluator.Steps.Count;
        var column = evaluator.Context.Rent(0, count);
        for (int i = 0; i < count; i++) column.Values[i] = scalar[i];
        column.Has.AsSpan(0, count).Fill(true);
        return new Vector([new ReadySeries(Labels.Empty, column)]);
    }
}
