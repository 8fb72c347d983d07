using System.Text;
using Headroom.Load.Plans;

namespace Headroom.Load.Engine;

/// <summary>Where a redirect leads, and the request to send there.</summary>
internal static class RedirectTarget
{
    /// <summary>Resolves a Location against the request; false when it leads to a host that the plan does not name.</summary>
    public static bool TryResolve(IReadOnlyList<Origin> origins, int from, ReadOnlySpan<byte> request, string location, out int origin, out string path)
    {
        (origin, path) = (-1, "");
        int start = request.IndexOf((byte)' ') + 1, end = request[start..].IndexOf((byte)' ');
        string current = Encoding.ASCII.GetString(request.Slice(start, end));
        if (!Uri.TryCreate(new Uri(origins[from] + current), location, out var to) || to.Scheme is not ("http" or "https")) return false;
        var found = Origin.Of(to);
        for (int i = 0; i < origins.Count; i++)
            if (origins[i] == found)
                (origin, path) = (i, to.PathAndQuery);
        return origin >= 0;
    }

    /// <summary>The same request for another place: as GET without its body after 303, and after 301 and 302 of a POST (RFC 9110 section 15.4). Credentials do not leave their host.</summary>
    public static byte[] Rewrite(ReadOnlySpan<byte> request, int status, Origin to, bool sameHost, string path)
    {
        int head = request.IndexOf("\r\n\r\n"u8);
        var body = request[(head + 4)..];
        string[] lines = Encoding.Latin1.GetString(request[..head]).Split("\r\n");
        string method = lines[0][..lines[0].IndexOf(' ', StringComparison.Ordinal)];
        bool becomesGet = status == 303 && method != "HEAD" || status is 301 or 302 && method == "POST";
        var text = new StringBuilder($"{(becomesGet ? "GET" : method)} {path} HTTP/1.1\r\n");
        foreach (string line in lines.AsSpan(1))
        {
            if (Is(line, "Host")) text.Append($"Host: {to.Authority}\r\n");
            else if (!sameHost && (Is(line, "Authorization") || Is(line, "Cookie"))) continue;
            else if (becomesGet && (Is(line, "Content-Length") || Is(line, "Content-Type"))) continue;
            else text.Append(line).Append("\r\n");
        }
        text.Append("\r\n");
        byte[] start = Encoding.Latin1.GetBytes(text.ToString());
        return becomesGet ? start : [.. start, .. body];
    }

    private static bool Is(string line, string name) => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase);
}
