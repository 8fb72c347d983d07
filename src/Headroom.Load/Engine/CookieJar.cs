using System.Globalization;
using System.Text;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>
/// A user's cookies: kept by host and name, sent back to that host only; paths and expiry dates are not looked at, except that
/// <c>Max-Age=0</c> or less deletes. Bounded in number and size.
/// </summary>
internal sealed class CookieJar
{
    public const int MostCookies = 50;
    public const int MostBytes = 4096;

    private readonly List<(int Origin, byte[] Name, byte[] Pair)> _cookies = [];

    public bool HasAny(int origin)
    {
        foreach (var cookie in _cookies)
            if (cookie.Origin == origin)
                return true;
        return false;
    }

    /// <summary>Reads the Set-Cookie headers of an answer.</summary>
    public void Read(int origin, ReadOnlySpan<byte> head)
    {
        while (true)
        {
            int end = head.IndexOf((byte)'\n');
            if (end < 0) return;
            var line = head[..end];
            head = head[(end + 1)..];
            if (line.Length > 11 && Ascii.EqualsIgnoreCase(line[..11], "set-cookie:"u8)) Set(origin, line[11..].Trim(" \t\r"u8));
        }
    }

    /// <summary>Writes the Cookie header, if there is anything to say.</summary>
    public void Write(int origin, ref ByteBuffer into)
    {
        bool any = false;
        foreach (var cookie in _cookies)
        {
            if (cookie.Origin != origin) continue;
            into.Append(any ? "; "u8 : "Cookie: "u8);
            into.Append(cookie.Pair);
            any = true;
        }
        if (any) into.Append("\r\n"u8);
    }

    private void Set(int origin, ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        var pair = semicolon < 0 ? value : value[..semicolon];
        int equals = pair.IndexOf((byte)'=');
        if (equals <= 0 || pair.Length > MostBytes) return;
        bool delete = false;
        if (semicolon >= 0)
            foreach (string attribute in Encoding.ASCII.GetString(value[(semicolon + 1)..]).Split(';', StringSplitOptions.TrimEntries))
                if (attribute.StartsWith("Max-Age=", StringComparison.OrdinalIgnoreCase) && long.TryParse(attribute.AsSpan(8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long age))
                    delete = age <= 0;
        byte[] name = pair[..equals].ToArray();
        int found = _cookies.FindIndex(c => c.Origin == origin && c.Name.AsSpan().SequenceEqual(name));
        if (delete)
        {
            if (found >= 0) _cookies.RemoveAt(found);
        }
        else if (found >= 0)
        {
            _cookies[found] = (origin, name, pair.ToArray());
        }
        else if (_cookies.Count < MostCookies)
        {
            _cookies.Add((origin, name, pair.ToArray()));
        }
    }
}
