using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL;

/// <summary>What an expression came to.</summary>
/// <param name="Value">Scalar, string, vector or matrix.</param>
/// <param name="Warnings">Prometheus's warning annotations: the result may be wrong.</param>
/// <param name="Infos">Prometheus's info annotations: the query may be mistaken.</param>
public sealed record QueryResult(QueryValue Value, IReadOnlyList<string> Warnings, IReadOnlyList<string> Infos)
{
    /// <summary>A result without annotations.</summary>
    public QueryResult(QueryValue value) : this(value, [], []) { }

    /// <summary>What the evaluation took; null when the backend does not say.</summary>
    public QueryStatistics? Statistics { get; init; }
}

/// <summary>One of the four result types of the Prometheus HTTP API.</summary>
public abstract record QueryValue;

/// <summary>A number at an instant.</summary>
public sealed record ScalarValue(long Time, double Value) : QueryValue;

/// <summary>A text at an instant.</summary>
public sealed record StringValue(long Time, string Value) : QueryValue;

/// <summary>One sample per series at one instant, in the order the expression asks for (<c>sort</c>, <c>topk</c>), else by labels.</summary>
public sealed record VectorValue(IReadOnlyList<VectorSample> Samples) : QueryValue;

/// <summary>Samples of several series over time, by labels.</summary>
public sealed record MatrixValue(IReadOnlyList<MatrixSeries> Series) : QueryValue;

/// <summary>A float, or a histogram when <paramref name="Histogram"/> is not null.</summary>
public readonly record struct VectorSample(Labels Labels, long Time, double Value, Histogram? Histogram = null);

/// <summary>One series of a matrix: points in time order.</summary>
public sealed record MatrixSeries(Labels Labels, IReadOnlyList<Point> Points);

/// <summary>A float, or a histogram when <paramref name="Histogram"/> is not null.</summary>
public readonly record struct Point(long Time, double Value, Histogram? Histogram = null);
