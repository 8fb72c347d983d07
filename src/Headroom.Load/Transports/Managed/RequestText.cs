using System.Text;

namespace Headroom.Load.Transports.Managed;

/// <summary>Reads a request that this program itself rendered as HTTP/1.1, for a client that wants its parts.</summary>
internal ref struct RequestText
{
    private ReadOnlySpan<byte> _headers;

    public RequestText(ReadOnlySpan<byte> request)
    {
        int head = request.IndexOf("\r\n\r\n"u8);
        Body = request[(head + 4)..];
        var lines = request[..(head + 2)];
        int end = lines.IndexOf((byte)'\n');
        var first = lines[..end];
        int space = first.IndexOf((byte)' '), last = first.LastIndexOf((byte)' ');
        Method = Encoding.ASCII.GetString(first[..space]);
        Path = Encoding.ASCII.GetString(first[(space + 1)..last]);
        _headers = lines[(end + 1)..];
        HasLength = _headers.IndexOf("\r\nContent-Length: "u8) >= 0 || _headers.StartsWith("Content-Length: "u8);
    }

    public string Method { get; }

    public string Path { get; }

    public bool HasLength { get; }

    public ReadOnlySpan<byte> Body { get; }

    public bool NextHeader(out string name, out string value)
    {
        (name, value) = ("", "");
        int end = _headers.IndexOf((byte)'\n');
        if (end < 0) return false;
        var line = _headers[..end].TrimEnd((byte)'\r');
        _headers = _headers[(end + 1)..];
        int colon = line.IndexOf((byte)':');
        name = Encoding.ASCII.GetString(line[..colon]);
        value = Encoding.UTF8.GetString(line[(colon + 1)..]).Trim();
        return true;
    }
}

/// <summary>Writes a response's headers as HTTP/1.1 has them, so that checks and extraction see one form.</summary>
internal static class HeadText
{
    public static void Write(HttpResponseMessage response, ref ByteBuffer into)
    {
        into.Append(Encoding.ASCII.GetBytes($"HTTP/1.1 {(int)response.StatusCode} \r\n"));
        foreach (var header in response.Headers.NonValidated) Write(header.Key, header.Value, ref into);
        foreach (var header in response.Content.Headers.NonValidated) Write(header.Key, header.Value, ref into);
        into.Append("\r\n"u8);
    }

    private static void Write(string name, System.Net.Http.Headers.HeaderStringValues values, ref ByteBuffer into)
    {
        foreach (string value in values) into.Append(Encoding.UTF8.GetBytes($"{name}: {value}\r\n"));
    }
}
