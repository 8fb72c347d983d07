using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Headroom.Server.Compression;

/// <summary>The encodings a client can read, of those the server can write.</summary>
[Flags]
internal enum Encodings
{
    None = 0,
    Gzip = 1,
    Brotli = 2,
}

/// <summary>Reads <c>Accept-Encoding</c> (RFC 9110, 12.5.3).</summary>
internal static class AcceptedEncodings
{
    // More than any client has reason to send.
    private const int MostValues = 16;

    public static Encodings Of(HttpRequest request)
    {
        var header = request.Headers.AcceptEncoding;
        if (header.Count == 0 || !StringWithQualityHeaderValue.TryParseList([.. header.OfType<string>()], out var values)) return Encodings.None;
        var accepted = Encodings.None;
        var refused = Encodings.None;
        bool any = false;
        foreach (var value in values.Take(MostValues))
        {
            bool yes = value.Quality is not 0;
            if (value.Value.Equals("*", StringComparison.Ordinal)) any = yes;
            else if (Named(value.Value.AsSpan()) is var named && yes) accepted |= named;
            else refused |= named;
        }
        return any ? (Encodings.Gzip | Encodings.Brotli) & ~refused : accepted & ~refused;
    }

    private static Encodings Named(ReadOnlySpan<char> name) =>
        name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? Encodings.Gzip
        : name.Equals("br", StringComparison.OrdinalIgnoreCase) ? Encodings.Brotli
        : Encodings.None;
}
