using System.Text;

namespace Headroom.Metrics.Storage;

/// <summary>A hash of labels that is the same on every machine and in every run: 64-bit FNV-1a over UTF-8.</summary>
internal struct StableHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private ulong _hash = Basis;

    /// <summary>That of no labels.</summary>
    public StableHash()
    {
    }

    public readonly ulong Value => _hash;

    public static ulong Of(Labels labels)
    {
        var hash = new StableHash();
        foreach (var (name, value) in labels.AsSpan())
        {
            hash.Add(name);
            hash.Add(value);
        }
        return hash.Value;
    }

    /// <summary>Adds a name or a value, as UTF-8.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        ulong hash = _hash;
        foreach (byte b in text) hash = (hash ^ b) * Prime;
        // No byte of UTF-8 is 0xFF, so it marks the end of a text.
        _hash = (hash ^ 0xFF) * Prime;
    }

    private void Add(string text)
    {
        if (!Ascii.IsValid(text))
        {
            Add(Encoding.UTF8.GetBytes(text));
            return;
        }
        ulong hash = _hash;
        foreach (char c in text) hash = (hash ^ c) * Prime;
        _hash = (hash ^ 0xFF) * Prime;
    }
}
