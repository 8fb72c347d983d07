using System.Buffers.Text;
using System.Security.Cryptography;

namespace Headroom.Server.Keys;

/// <summary>
/// The text of a key: <c>hr_</c>, an id of 12 characters, <c>_</c>, and 256 random bits in base64url. The prefix lets
/// scanners for leaked secrets know one.
/// </summary>
internal static class KeyText
{
    private const string Prefix = "hr_";
    private const string IdAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 12;
    private const int SecretBytes = 32;

    /// <summary>Makes a new key.</summary>
    /// <returns>Its id, its whole text, and the hash to keep.</returns>
    public static (string Id, string Text, byte[] Hash) Create(Action<Span<byte>> random)
    {
        Span<byte> bytes = stackalloc byte[IdLength + SecretBytes];
        random(bytes);
        string id = string.Create(IdLength, bytes[..IdLength], static (text, from) =>
        {
            for (int i = 0; i < text.Length; i++) text[i] = IdAlphabet[from[i] & 31];
        });
        var secret = bytes[IdLength..];
        return (id, $"{Prefix}{id}_{Base64Url.EncodeToString(secret)}", SHA256.HashData(secret));
    }

    /// <summary>Takes a key apart; false when it has not the form of one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> hash, out string id)
    {
        id = "";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length <= Prefix.Length + IdLength + 1 || text[Prefix.Length + IdLength] != '_') return false;
        var encoded = text[(Prefix.Length + IdLength + 1)..];
        Span<byte> secret = stackalloc byte[SecretBytes];
        if (encoded.Length != Base64Url.GetEncodedLength(SecretBytes) || !Base64Url.IsValid(encoded)
            || !Base64Url.TryDecodeFromChars(encoded, secret, out int written) || written != SecretBytes) return false;
        id = text.Slice(Prefix.Length, IdLength).ToString();
        SHA256.HashData(secret, hash);
        return true;
    }
}
