namespace Headroom.Load.Measurement;

/// <summary>Requests that are measured together: those of one name in one scenario.</summary>
/// <param name="Index">Its number in the run.</param>
/// <param name="Name">The request's name.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Tags">All tags, these three included.</param>
internal sealed record RequestKind(int Index, string Name, string Scenario, string Method, IReadOnlyDictionary<string, string> Tags);
