using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;

namespace Headroom.Server.Problems;

/// <summary>How an expression's error is said outside the Prometheus API.</summary>
internal static class PromqlProblem
{
    public static Problem From(PromqlException error, string where = "query") => new(
        error.Kind switch { PromqlErrorKind.BadData => "promql-invalid", PromqlErrorKind.Timeout => "query-timeout", _ => "query-failed" },
        error.Message,
        error.Position >= 0 ? $"{where}, character {error.Position + 1}" : where,
        error.Kind == PromqlErrorKind.Timeout ? "Ask for a shorter range or a larger step." : null)
    {
        Kind = error.Kind switch
        {
            PromqlErrorKind.BadData => ProblemKind.Invalid,
            PromqlErrorKind.Timeout => ProblemKind.Unavailable,
            _ => ProblemKind.Unprocessable,
        },
    };
}
