using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Server.Problems;

/// <summary>
/// An error as <c>application/problem+json</c> (RFC 9457) carries it: the first problem's words in the standard
/// members, and every problem in <see cref="Problems"/>.
/// </summary>
public sealed record ProblemDocument
{
    /// <summary>The media type of the answer.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary><c>urn:headroom:problem:</c> and the problem's code.</summary>
    public required string Type { get; init; }

    /// <summary>What is wrong, in one sentence.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The problem's code.</summary>
    public required string Code { get; init; }

    /// <summary>The field, parameter or place at fault; null when there is none.</summary>
    public string? Field { get; init; }

    /// <summary>What to do about it; null when there is nothing more to say.</summary>
    public string? Fix { get; init; }

    /// <summary>All problems found in the request, when there are several.</summary>
    public IReadOnlyList<ProblemEntry>? Problems { get; init; }

    /// <summary>Describes problems; the list must not be empty.</summary>
    public static ProblemDocument From(IReadOnlyList<Problem> problems, int status) => new()
    {
        Type = "urn:headroom:problem:" + problems[0].Code,
        Title = problems[0].What,
        Status = status,
        Code = problems[0].Code,
        Field = problems[0].Where,
        Fix = problems[0].Fix,
        Problems = problems.Count == 1 ? null : [.. problems.Select(p => new ProblemEntry(p.Code, p.What, p.Where, p.Fix))],
    };

    /// <summary>The problems again, as a client shows them.</summary>
    public IReadOnlyList<Problem> ToProblems()
    {
        var kind = KindOf(Status);
        return Problems is { Count: > 0 } several
            ? [.. several.Select(p => new Problem(p.Code, p.Title, p.Field, p.Fix) { Kind = kind })]
            : [new Problem(Code, Title, Field, Fix) { Kind = kind }];
    }

    /// <summary>The HTTP status of a class of problem.</summary>
    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => 400,
        ProblemKind.NotFound => 404,
        ProblemKind.TooLarge => 413,
        ProblemKind.Unprocessable => 422,
        ProblemKind.Unavailable => 503,
        _ => 500,
    };

    private static ProblemKind KindOf(int status) => status switch
    {
        400 or 401 or 403 => ProblemKind.Invalid,
        404 or 405 => ProblemKind.NotFound,
        413 => ProblemKind.TooLarge,
        422 => ProblemKind.Unprocessable,
        429 or 503 => ProblemKind.Unavailable,
        _ => ProblemKind.Failed,
    };
}

/// <summary>One of several problems in a <see cref="ProblemDocument"/>.</summary>
/// <param name="Code">The problem's code.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Field">The field or place at fault, or null.</param>
/// <param name="Fix">What to do about it, or null.</param>
public sealed record ProblemEntry(string Code, string Title, string? Field, string? Fix);

/// <summary>Source-generated JSON of problem documents.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(ProblemEntry))]
public sealed partial class ProblemJson : JsonSerializerContext;
