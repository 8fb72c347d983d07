namespace Headroom.Configuration.Diagnostics;

/// <summary>
/// One thing that is wrong, said once: what it is, where it is, and what to do about it. The same record feeds
/// standard error, <c>application/problem+json</c> and the exit code.
/// </summary>
/// <param name="Code">Stable, machine-readable kebab-case name, for example <c>yaml-unknown-key</c>.</param>
/// <param name="What">One sentence that a person understands without the source.</param>
/// <param name="Where">File and line, field, or address; null when the problem has no place.</param>
/// <param name="Fix">What to do next; null when there is nothing more to say than <paramref name="What"/>.</param>
public sealed record Problem(string Code, string What, string? Where = null, string? Fix = null)
{
    /// <summary>What class of failure this is; decides the exit code and the HTTP status.</summary>
    public ProblemKind Kind { get; init; } = ProblemKind.Invalid;

    /// <inheritdoc/>
    public override string ToString() =>
        (Where is null ? What : $"{Where}: {What}") + (Fix is null ? "" : $" {Fix}");
}

/// <summary>The class of a <see cref="Problem"/>.</summary>
public enum ProblemKind
{
    /// <summary>The caller's input or configuration is wrong: exit 2, HTTP 400.</summary>
    Invalid,

    /// <summary>Well formed, but cannot be accepted as it is (too old, conflicting): exit 1, HTTP 422.</summary>
    Unprocessable,

    /// <summary>Larger than a stated limit: exit 1, HTTP 413.</summary>
    TooLarge,

    /// <summary>What was asked for does not exist: exit 1, HTTP 404.</summary>
    NotFound,

    /// <summary>Cannot be done now; trying again may help: exit 1, HTTP 503.</summary>
    Unavailable,

    /// <summary>Something failed on our side or in what we stand on: exit 1, HTTP 500.</summary>
    Failed,
}
