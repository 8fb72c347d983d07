using System.Security.Cryptography;
using System.Text;

namespace Headroom.Objectives.Alarms.Records;

/// <summary>Short names for texts that are long, hold any character, or are secret.</summary>
internal static class Digest
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of texts, each told apart from its neighbours.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (string part in parts) text.Append(part.Length).Append(':').Append(part);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
