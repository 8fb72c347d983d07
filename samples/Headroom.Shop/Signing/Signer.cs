using System.Buffers.Text;
using System.Security.Cryptography;

namespace Headroom.Shop.Signing;

/// <summary>Signs with keys that live as long as the process.</summary>
internal sealed class Signer : IDisposable
{
    public const string Hmac = "hmac-sha256";
    public const string Ecdsa = "ecdsa-p256";

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    // An ECDsa object may be used by one caller at a time.
    private readonly Lock _lock = new();

    public byte[] Sign(string algorithm, byte[] payload)
    {
        if (algorithm == Hmac) return HMACSHA256.HashData(_secret, payload);
        lock (_lock) return _key.SignData(payload, HashAlgorithmName.SHA256);
    }

    public bool Verify(string algorithm, byte[] payload, byte[] signature)
    {
        if (algorithm == Hmac) return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_secret, payload), signature);
        lock (_lock) return _key.VerifyData(payload, signature, HashAlgorithmName.SHA256);
    }

    public static bool IsBase64(string text) => Base64.IsValid(text);

    public void Dispose() => _key.Dispose();
}
