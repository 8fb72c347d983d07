using Headroom.Load.Extraction;
using Headroom.Load.Templates;

namespace Headroom.Load.Plans;

/// <summary>One thing a user does.</summary>
internal abstract record Step;

/// <summary>Requests that are sent together; the step is done when all are answered. One request is the usual case.</summary>
internal sealed record RequestStep(IReadOnlyList<RequestSpec> Requests) : Step;

/// <summary>A pause, drawn evenly between two bounds.</summary>
internal sealed record ThinkStep(TimeSpan Least, TimeSpan Most) : Step;

/// <summary>A request as the plan describes it.</summary>
internal sealed record RequestSpec
{
    /// <summary>What its results are called; requests of one name in one scenario are judged together.</summary>
    public required string Name { get; init; }

    public required string Method { get; init; }

    public required Origin Origin { get; init; }

    /// <summary>Path and query.</summary>
    public required Template Path { get; init; }

    public IReadOnlyList<(string Name, Template Value)> Headers { get; init; } = [];

    public Template? Body { get; init; }

    /// <summary>Whether values put into the body are escaped for JSON.</summary>
    public bool BodyIsJson { get; init; }

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<Check> Checks { get; init; } = [];

    public IReadOnlyList<(string Variable, Extractor From)> Extracts { get; init; } = [];

    public IReadOnlyList<MetricRecord> Records { get; init; } = [];
}

/// <summary>A condition that an answer should meet.</summary>
internal sealed record Check(string Name, Condition Condition);

/// <summary>What a request adds to a metric of the plan: whether a condition held (rate), or a number (counter, trend).</summary>
internal sealed record MetricRecord(string Metric, Condition? Holds, ValueSource? Value, double Constant);
