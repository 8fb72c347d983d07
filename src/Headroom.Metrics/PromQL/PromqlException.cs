namespace Headroom.Metrics.PromQL;

/// <summary>An expression that cannot be parsed or evaluated.</summary>
/// <param name="message">What is wrong, for the person who wrote the expression.</param>
/// <param name="position">Offset in characters of the place in the expression, or -1 when it has none.</param>
/// <param name="kind">Whether the expression or its evaluation is at fault.</param>
public sealed class PromqlException(string message, int position = -1, PromqlErrorKind kind = PromqlErrorKind.BadData) : Exception(message)
{
    /// <summary>Offset in characters, or -1.</summary>
    public int Position { get; } = position;

    /// <summary>Which of the Prometheus API's error types this is.</summary>
    public PromqlErrorKind Kind { get; } = kind;
}

/// <summary>The error types of the Prometheus HTTP API that a query can cause.</summary>
public enum PromqlErrorKind
{
    /// <summary>Cannot be parsed or has wrong types: <c>bad_data</c>, HTTP 400.</summary>
    BadData,

    /// <summary>Cannot be evaluated on this data: <c>execution</c>, HTTP 422.</summary>
    Execution,

    /// <summary>Took longer than allowed: <c>timeout</c>, HTTP 503.</summary>
    Timeout,
}
