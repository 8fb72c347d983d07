namespace Headroom.Metrics.Tests.Storage;

/// <summary>Bytes to throw at decoders.</summary>
public static class Fuzz
{
    /// <summary>Some bytes with flips, cuts, repeats and insertions; of an empty seed, random bytes.</summary>
    public static byte[] Mutate(byte[] seed, Random random)
    {
        if (seed.Length == 0)
        {
            var noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            return noise;
        }
        var bytes = seed.ToList();
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(16), bytes.Count - at))); break;
                default: bytes.InsertRange(at, Enumerable.Repeat((byte)0xff, random.Next(12))); break;
            }
        }
        return [.. bytes];
    }
}
