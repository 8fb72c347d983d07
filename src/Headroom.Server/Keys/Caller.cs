using System.Buffers.Text;
using System.Text;
using Headroom.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Keys;

/// <summary>Who sends a request.</summary>
/// <param name="KeyId">The key it came with; null for the owner on the data directory's socket.</param>
/// <param name="Scopes">What it may do.</param>
internal sealed record Caller(string? KeyId, KeyScopes Scopes);

/// <summary>
/// Finds out who sends a request, before anything else is done for it: a key in <c>Authorization: Bearer</c>, in
/// <c>X-Api-Key</c>, or as the password of <c>Authorization: Basic</c>, which is what a browser can ask a person for.
/// </summary>
internal sealed class KeyAuthentication(RequestDelegate next, KeyRing keys)
{
    private static readonly Caller Owner = new(null, KeyScopes.Ingest | KeyScopes.Read | KeyScopes.Operate);

    public Task InvokeAsync(HttpContext context)
    {
        if (ConnectionKind.IsDataSocket(context)) context.Features.Set(Owner);
        else if (Presented(context.Request.Headers) is { } text && keys.Verify(text) is { } key) context.Features.Set(new Caller(key.Id, key.Scopes));
        return next(context);
    }

    /// <summary>The key a request presents, or null.</summary>
    internal static string? Presented(IHeaderDictionary headers)
    {
        if (headers.TryGetValue("X-Api-Key", out var named) && named.Count == 1) return named[0];
        if (headers.Authorization is not [{ } authorization]) return null;
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization["Bearer ".Length..].Trim();
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        Span<byte> decoded = stackalloc byte[512];
        var encoded = authorization.AsSpan("Basic ".Length).Trim();
        if (encoded.Length > 512 || !Base64.IsValid(encoded) || !Convert.TryFromBase64Chars(encoded, decoded, out int length)) return null;
        string pair = Encoding.UTF8.GetString(decoded[..length]);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }
}
