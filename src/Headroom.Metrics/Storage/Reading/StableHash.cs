using System.Text;

namespace Headroom.Metrics.Storage;

/// <summary>A hash of labels that is the same on every machine and in every run: 64-bit FNV-1a over UTF-8.</summary>
internal static class StableHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(Labels labels)
    {
        ulong hash = Basis;
        foreach (var (name, value) in labels.AsSpan()) hash = Add(Add(hash, name), value);
        return hash;
    }

    private static ulong Add(ulong hash, string text)
    {
        if (Ascii.IsValid(text))
            foreach (char c in text) hash = (hash ^ c) * Prime;
        else
            foreach (byte b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * Prime;
        // No byte of UTF-8 is 0xFF, so it marks the end of a text.
        return (hash ^ 0xFF) * Prime;
    }
}
