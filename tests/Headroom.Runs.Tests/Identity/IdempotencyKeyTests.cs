using System.Security.Cryptography;
using System.Text;

namespace Headroom.Runs.Tests.Identity;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public void A_key_is_the_first_130_bits_of_the_hash_in_base32()
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes("run-1\nshop/deploy"));
        string bits = string.Concat(hash.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        string expected = string.Concat(Enumerable.Range(0, 26).Select(i => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(bits.Substring(i * 5, 5), 2)]));
        Assert.Equal(expected, IdempotencyKey.Of("run-1", "shop/deploy"));
    }

    [Fact]
    public void Keys_never_change_between_versions() =>
        Assert.Equal("63z2egzdupmnfplnsqrfnqlavl", IdempotencyKey.Of("run-1", "shop/deploy"));

    [Fact]
    public void Runs_and_steps_have_keys_of_their_own()
    {
        var keys = from run in Enumerable.Range(0, 100) from step in Enumerable.Range(0, 100) select IdempotencyKey.Of($"r{run}", $"s{step}");
        Assert.Equal(10_000, keys.Distinct().Count());
        Assert.NotEqual(IdempotencyKey.Of("a", "bc"), IdempotencyKey.Of("ab", "c"));
    }
}
