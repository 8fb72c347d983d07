using Headroom.Server.Compression;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Headroom.Server.Caching;

/// <summary>
/// The policy by which the framework's output cache keeps answers: which (<see cref="CacheRule"/>), told apart by which
/// parameters, for how long (<see cref="CacheSettings"/>), and until which write (<see cref="ReadVersions"/>).
/// </summary>
internal sealed class CachePolicy(CacheSettings settings, ReadVersions versions, ServerLimits limits, ServerTelemetry telemetry) : IOutputCachePolicy
{
    private const long LargestForm = 64 << 10;

    public async ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        context.EnableOutputCaching = false;
        // 1. Only reads that a rule knows. Over the socket nothing is kept: a command sees what the one before it wrote.
        if ((http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is not { } route || !CacheRule.ByRoute.TryGetValue(route, out var rule) || ConnectionKind.IsDataSocket(http)) return;
        bool form = HttpMethods.IsPost(http.Request.Method);
        if (!HttpMethods.IsGet(http.Request.Method) && !(form && CanReadForm(http.Request))) return;

        // 2. Only parameters that the rule knows, so that none can change an answer unseen.
        if (form) RequestParameters.LimitBody(http, limits.QueryBodyBytes);
        var fields = form ? await http.Request.ReadFormAsync(cancellation) : null;
        if (http.Request.Query.Keys.Any(k => !rule.Keys.Contains(k, StringComparer.Ordinal)) || fields?.Keys.Any(k => !rule.Keys.Contains(k, StringComparer.Ordinal)) == true) return;

        // 3. The key: what was asked, in which encoding it may be answered, and as of which write.
        string? Value(string name) => (fields?[name] is { Count: > 0 } inBody ? inBody : http.Request.Query[name]).LastOrDefault(v => !string.IsNullOrEmpty(v));
        string? end = rule.End is null ? null : Value(rule.End);
        var (kind, number) = versions.For(end is not null && PrometheusTime.TryParse(end, out long until) && !LooksAhead(Value("query")) ? until : null);
        context.CacheVaryByRules.CacheKeyPrefix = http.Request.Method;
        context.CacheVaryByRules.VaryByHost = false;
        context.CacheVaryByRules.QueryKeys = rule.Keys;
        context.CacheVaryByRules.VaryByValues["version"] = $"{kind}{number}";
        context.CacheVaryByRules.VaryByValues["encoding"] = AcceptedEncodings.Of(http.Request).ToString();
        if (fields is not null)
            foreach (string name in rule.Keys)
                if (fields.TryGetValue(name, out StringValues values))
                    context.CacheVaryByRules.VaryByValues["body#/" + name] = string.Join('\u001f', values.ToArray());

        // 4. How long, and whether this client wants it.
        context.ResponseExpirationTimeSpan = (rule.EndIsNow && end is null) || (kind == 'a' && !versions.SeesEveryWrite) ? settings.NowTtl : form ? settings.BodyTtl : rule.InPath ? settings.PathTtl : settings.Ttl;
        string wish = http.Request.Headers.CacheControl.ToString();
        bool noStore = wish.Contains("no-store", StringComparison.OrdinalIgnoreCase);
        context.EnableOutputCaching = true;
        context.AllowLocking = true;
        context.AllowCacheLookup = !noStore && !wish.Contains("no-cache", StringComparison.OrdinalIgnoreCase) && !wish.Contains("max-age=0", StringComparison.OrdinalIgnoreCase);
        context.AllowCacheStorage = !noStore;
        if (!context.AllowCacheLookup) telemetry.CacheBypassed();
        Say(http, new CacheStatus { Text = context.AllowCacheLookup ? "headroom; fwd=uri-miss" : "headroom; fwd=request" });
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        telemetry.CacheAnswered(hit: true);
        context.HttpContext.Features.Get<CacheStatus>()!.Text = "headroom; hit";
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (context.AllowCacheLookup) telemetry.CacheAnswered(hit: false);
        // An error may be over by the next time.
        if (context.HttpContext.Response.StatusCode != StatusCodes.Status200OK) context.AllowCacheStorage = false;
        return ValueTask.CompletedTask;
    }

    // RFC 9211. At the very start of the answer, so that it is not kept with it.
    private static void Say(HttpContext context, CacheStatus status)
    {
        context.Features.Set(status);
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["Cache-Status"] = status.Text;
            return Task.CompletedTask;
        });
    }

    private static bool CanReadForm(HttpRequest request) => request.HasFormContentType && request.ContentLength is { } length && length <= LargestForm;

    // An offset may be negative and @ may name any instant; then the end says nothing about what is looked at.
    private static bool LooksAhead(string? query) => query is not null && (query.Contains('@', StringComparison.Ordinal) || query.Contains("offset", StringComparison.OrdinalIgnoreCase));

    private sealed class CacheStatus
    {
        public required string Text { get; set; }
    }
}
