using System.Security.Cryptography;
using System.Text;

namespace Headroom.Runs;

/// <summary>
/// The name under which the outside world can recognise a step it has seen before: the first 130 bits of SHA-256 of the
/// run's id, a line feed and the step's path, as 26 characters of base32 (RFC 4648, lower case). The same for every attempt.
/// </summary>
public static class IdempotencyKey
{
    /// <summary>Length of a key in characters.</summary>
    public const int Length = 26;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The key of a step of a run.</summary>
    public static string Of(string run, string stepPath)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{run}\n{stepPath}"), hash);
        Span<char> key = stackalloc char[Length];
        for (int i = 0; i < Length; i++)
        {
            int bit = i * 5;
            int pair = (hash[bit / 8] << 8) | hash[bit / 8 + 1];
            key[i] = Alphabet[(pair >> (11 - bit % 8)) & 31];
        }
        return new string(key);
    }
}
