using System.Runtime.CompilerServices;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// A series of an instant vector over all steps, computed when taken and only then: a function over a selector never
/// holds more than the series at hand.
/// </summary>
internal abstract class Series(Labels labels, bool namePending = false)
{
    public Labels Labels { get; } = labels;

    /// <summary>The name is still there but goes at the end (delayed name removal).</summary>
    public bool NamePending { get; } = namePending;

    /// <summary>Computes the values. Once only; the caller returns the column. Null when there is not one value.</summary>
    public Column? Take()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return Compute();
    }

    protected abstract Column? Compute();
}

/// <summary>A series whose values are there already.</summary>
internal sealed class ReadySeries(Labels labels, Column column, bool namePending = false) : Series(labels, namePending)
{
    protected override Column? Compute() => column;
}

/// <summary>A series computed by a function given when it is made.</summary>
internal sealed class LazySeries(Labels labels, Func<Column?> compute, bool namePending = false) : Series(labels, namePending)
{
    protected override Column? Compute() => compute();
}

/// <summary>An instant vector over all steps.</summary>
/// <param name="Series">Its series; no two have the same labels at the same step.</param>
/// <param name="Ordered">Whether their order was asked for (<c>sort</c>, <c>topk</c>).</param>
internal sealed record Vector(List<Series> Series, bool Ordered = false)
{
    public static Vector Empty => new([]);
}

/// <summary>A scalar over all steps; most are constant.</summary>
internal readonly struct Scalar
{
    private readonly double _constant;
    private readonly double[]? _values;

    public Scalar(double constant) => _constant = constant;

    public Scalar(double[] values) => _values = values;

    public bool IsConstant => _values is null;

    public double this[int step] => _values is null ? _constant : _values[step];

    public Scalar Map(Func<double, double> change) =>
        _values is null ? new Scalar(change(_constant)) : new Scalar(Array.ConvertAll(_values, v => change(v)));

    public static Scalar Combine(Scalar a, Scalar b, int steps, Func<double, double, double> combine)
    {
        if (a.IsConstant && b.IsConstant) return new Scalar(combine(a[0], b[0]));
        var values = new double[steps];
        for (int i = 0; i < steps; i++) values[i] = combine(a[i], b[i]);
        return new Scalar(values);
    }
}
