using FsCheck;
using FsCheck.Fluent;
using Headroom.Metrics.Prometheus;

namespace Headroom.Metrics.Tests.Prometheus;

public sealed class SnappyEncoderTests
{
    [Fact]
    public void Whatever_is_compressed_comes_back()
    {
        var bytes = from seed in ArbMap.Default.GeneratorFor<int>()
                    from length in Gen.Choose(0, 200_000)
                    from alphabet in Gen.Elements(1, 2, 4, 30, 256)
                    select Make(seed, length, alphabet);
        Prop.ForAll(Arb.From(bytes), input => SnappyText.Decode(Compress(input)).AsSpan().SequenceEqual(input)).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Repetition_is_made_use_of_and_noise_costs_little()
    {
        byte[] text = [.. Enumerable.Repeat("""requests_total{service="api",route="/cart"} 1"""u8.ToArray(), 1000).SelectMany(b => b)];
        Assert.True(Compress(text).Length < text.Length / 15);
        byte[] noise = Make(1, 100_000, 256);
        Assert.True(Compress(noise).Length < noise.Length + 100);
    }

    private static byte[] Make(int seed, int length, int alphabet)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            // Long repeats across block borders among single bytes.
            if (i > 100 && random.Next(50) == 0)
            {
                int from = random.Next(i - 50), count = Math.Min(random.Next(1, 500), length - i);
                for (int k = 0; k < count; k++) bytes[i + k] = bytes[from + k];
                i += count - 1;
            }
            else bytes[i] = (byte)random.Next(alphabet);
        }
        return bytes;
    }

    private static byte[] Compress(byte[] input)
    {
        byte[] output = new byte[SnappyEncoder.MaxLength(input.Length)];
        return output[..SnappyEncoder.Compress(input, output)];
    }
}
