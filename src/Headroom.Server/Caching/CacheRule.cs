using System.Collections.Frozen;

namespace Headroom.Server.Caching;

/// <summary>Which answers of a route are kept, and by what they are told apart.</summary>
/// <param name="Keys">The parameters that tell answers apart; a request with any other is not answered from the cache.</param>
/// <param name="End">The parameter that says up to when an answer looks; null when it looks at all of time.</param>
/// <param name="EndIsNow">Whether an absent <paramref name="End"/> means now, rather than all of time.</param>
/// <param name="InPath">Whether the path holds part of the key.</param>
internal sealed record CacheRule(string[] Keys, string? End, bool EndIsNow = false, bool InPath = false)
{
    /// <summary>The routes whose answers are kept. Everything else is made anew each time: writes, streams, pages, the server's own state, and what depends on headroom.yaml.</summary>
    public static readonly FrozenDictionary<string, CacheRule> ByRoute = new Dictionary<string, CacheRule>
    {
        ["/api/v1/query"] = new(["query", "time", "timeout", "limit", "lookback_delta"], "time", EndIsNow: true),
        ["/api/v1/query_range"] = new(["query", "start", "end", "step", "timeout", "limit", "lookback_delta"], "end"),
        ["/api/v1/series"] = new(["match[]", "start", "end", "limit"], "end"),
        ["/api/v1/labels"] = new(["match[]", "start", "end", "limit"], "end"),
        ["/api/v1/label/{name}/values"] = new(["match[]", "start", "end", "limit"], "end", InPath: true),
        ["/api/v1/query_exemplars"] = new(["query", "start", "end"], "end"),
        ["/api/samples"] = new(["service", "metric", "from", "to", "limit", "cursor"], "to"),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
