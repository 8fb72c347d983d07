using System.Text;

namespace Headroom.Load.Extraction;

/// <summary>A response as checks and extractors see it.</summary>
/// <param name="status">The status code; 0 when there was no answer.</param>
/// <param name="seconds">Response time.</param>
/// <param name="head">Status line and headers as received.</param>
/// <param name="body">The body, as far as it was kept.</param>
/// <param name="bodyBytes">The body's whole length.</param>
internal readonly ref struct Answer(int status, double seconds, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, long bodyBytes)
{
    public int Status { get; } = status;

    public double Seconds { get; } = seconds;

    public ReadOnlySpan<byte> Head { get; } = head;

    public ReadOnlySpan<byte> Body { get; } = body;

    public long BodyBytes { get; } = bodyBytes;

    /// <summary>The value of the first header of a name; null when there is none.</summary>
    public string? Header(ReadOnlySpan<byte> name)
    {
        var rest = Head;
        while (true)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) return null;
            var line = rest[..end];
            rest = rest[(end + 1)..];
            int colon = line.IndexOf((byte)':');
            if (colon == name.Length && Ascii.EqualsIgnoreCase(line[..colon], name)) return Encoding.UTF8.GetString(line[(colon + 1)..].Trim((ReadOnlySpan<byte>)" \t\r"u8));
        }
    }
}
