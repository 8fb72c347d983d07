using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What a request of metrics or traces came to.</summary>
/// <param name="Items">Data points or spans in the request.</param>
/// <param name="Rejected">Of those, how many were not kept.</param>
/// <param name="Message">Why not, in a sentence or two; empty when all were kept.</param>
/// <param name="Reasons">How many were not kept for each reason (a stable code).</param>
/// <param name="Samples">Samples now stored: a histogram comes to several.</param>
/// <param name="Refusal">Set when the body as a whole was refused: it is not a message of this kind. Then nothing was kept.</param>
public sealed record OtlpReport(int Items, int Rejected, string Message, IReadOnlyDictionary<string, int> Reasons, int Samples, Problem? Refusal)
{
    internal static OtlpReport Refuse(Problem problem) => new(0, 0, "", System.Collections.Frozen.FrozenDictionary<string, int>.Empty, 0, problem);
}
