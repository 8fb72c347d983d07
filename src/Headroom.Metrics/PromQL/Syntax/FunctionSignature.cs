using System.Collections.Frozen;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>What the parser must know of a function.</summary>
/// <param name="Name">As it is called.</param>
/// <param name="Returns">The type of its result.</param>
/// <param name="Arguments">Types of its arguments.</param>
/// <param name="Optional">How many of the last arguments may be absent.</param>
/// <param name="Unlimited">Whether the last argument may repeat.</param>
/// <param name="ReadsTheClock">Whether the evaluation time is part of its result, so that <c>@</c> does not make it constant.</param>
internal sealed record FunctionSignature(string Name, ValueKind Returns, ValueKind[] Arguments, int Optional = 0, bool Unlimited = false, bool ReadsTheClock = false)
{
    public int Minimum => Arguments.Length - Optional;

    public int Maximum => Unlimited ? int.MaxValue : Arguments.Length;

    public ValueKind ArgumentAt(int index) => Arguments[Math.Min(index, Arguments.Length - 1)];
}

/// <summary>All functions, by name.</summary>
internal static class FunctionSignatures
{
    private static readonly FrozenDictionary<string, FunctionSignature> Table = All().ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static FunctionSignature? Find(string name) => Table.GetValueOrDefault(name);

    public static IEnumerable<FunctionSignature> Everything => Table.Values;

    private static IEnumerable<FunctionSignature> All()
    {
        const ValueKind S = ValueKind.Scalar, T = ValueKind.Text, V = ValueKind.Vector, M = ValueKind.Matrix;

        foreach (string name in (string[])
            [
                "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor",
                "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum", "ln", "log10", "log2", "rad",
                "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "tan", "tanh",
            ])
            yield return new(name, V, [V]);

        foreach (string name in (string[])
            [
                "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta", "increase",
                "irate", "last_over_time", "mad_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets",
                "stddev_over_time", "stdvar_over_time", "sum_over_time", "ts_of_first_over_time", "ts_of_last_over_time",
                "ts_of_max_over_time", "ts_of_min_over_time",
            ])
            yield return new(name, V, [M]);

        foreach (string name in (string[])["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"])
            yield return new(name, V, [V], Optional: 1, ReadsTheClock: true);

        foreach (string name in (string[])["start", "end", "step", "range", "pi"])
            yield return new(name, S, []);

        yield return new("time", S, [], ReadsTheClock: true);
        yield return new("timestamp", V, [V], ReadsTheClock: true);
        yield return new("predict_linear", V, [M, S], ReadsTheClock: true);
        yield return new("double_exponential_smoothing", V, [M, S, S]);
        yield return new("quantile_over_time", V, [S, M]);
        yield return new("clamp", V, [V, S, S]);
        yield return new("clamp_max", V, [V, S]);
        yield return new("clamp_min", V, [V, S]);
        yield return new("round", V, [V, S], Optional: 1);
        yield return new("histogram_fraction", V, [S, S, V]);
        yield return new("histogram_quantile", V, [S, V]);
        yield return new("histogram_quantiles", V, [V, T, S], Unlimited: true);
        yield return new("info", V, [V, V], Optional: 1);
        yield return new("label_join", V, [V, T, T, T], Optional: 1, Unlimited: true);
        yield return new("label_replace", V, [V, T, T, T, T]);
        yield return new("max_of", S, [S, S]);
        yield return new("min_of", S, [S, S]);
        yield return new("scalar", S, [V]);
        yield return new("sort_by_label", V, [V, T], Optional: 1, Unlimited: true);
        yield return new("sort_by_label_desc", V, [V, T], Optional: 1, Unlimited: true);
        yield return new("vector", V, [S]);
    }
}
