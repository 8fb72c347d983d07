using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Json;

/// <summary>
/// What a body of <c>POST /metrics</c> came to: the good items as a request to the store, and a problem for each fault of
/// the others, in the order of the body.
/// </summary>
public sealed class JsonWrite
{
    private readonly List<int> _sampleItems = [];
    private readonly List<int> _observationItems = [];
    private readonly List<Problem> _problems = [];

    /// <summary>The good items. Empty when the whole body is refused.</summary>
    public WriteRequest Request { get; } = new();

    /// <summary>Whether the body was an array; a single object's fields are named without a position.</summary>
    public bool IsArray { get; internal set; }

    /// <summary>Items seen; none are counted when the whole body is refused.</summary>
    public int Items { get; internal set; }

    /// <summary>Items with at least one fault.</summary>
    public int RejectedItems { get; internal set; }

    /// <summary>
    /// Set when the body as a whole is refused: not JSON, too large, too many items. Then it is also the only one of
    /// <see cref="Problems"/>.
    /// </summary>
    public Problem? BodyProblem { get; private set; }

    /// <summary>
    /// What is wrong, each with its place (<c>[3].value</c>); no more than <see cref="JsonIngestOptions.MaxProblemsListed"/>.
    /// </summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>How many problems there are, listed or not.</summary>
    public int ProblemCount { get; private set; }

    /// <summary>Positions in the body of the items that are in <see cref="Request"/>, ascending.</summary>
    public IReadOnlyList<int> AcceptedItems => [.. _sampleItems.Concat(_observationItems).Order()];

    /// <summary>The position in the body of one sample of <see cref="Request"/>; 0 for a single object.</summary>
    public int ItemOf(SampleKind kind, int index) => kind == SampleKind.Float ? _sampleItems[index] : _observationItems[index];

    /// <summary>The store's refusal of a sample, told in terms of the body.</summary>
    public Problem ToProblem(WriteRejection rejection) =>
        new(rejection.Code, rejection.Reason, IsArray ? $"[{ItemOf(rejection.Kind, rejection.Index)}]" : null) { Kind = ProblemKind.Unprocessable };

    internal void Add(FloatSample sample, int item)
    {
        Request.Samples.Add(sample);
        _sampleItems.Add(item);
    }

    internal void Add(Observation observation, int item)
    {
        Request.Observations.Add(observation);
        _observationItems.Add(item);
    }

    internal void Report(Problem problem, int listed)
    {
        ProblemCount++;
        if (_problems.Count < listed) _problems.Add(problem);
    }

    internal JsonWrite RefuseBody(Problem problem)
    {
        Request.Samples.Clear();
        Request.Observations.Clear();
        _sampleItems.Clear();
        _observationItems.Clear();
        _problems.Clear();
        _problems.Add(problem);
        (BodyProblem, ProblemCount, Items, RejectedItems) = (problem, 1, 0, 0);
        return this;
    }
}
