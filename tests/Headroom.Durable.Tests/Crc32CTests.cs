using System.Text;

namespace Headroom.Durable.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_out() =>
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Test_vectors_of_RFC_3720_come_out()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    [Fact]
    public void A_checksum_can_be_continued_at_any_byte()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("a checksum of two parts is the checksum of the whole");
        for (int at = 0; at <= bytes.Length; at++)
            Assert.Equal(Crc32C.Compute(bytes), Crc32C.Compute(bytes.AsSpan(at), Crc32C.Compute(bytes.AsSpan(0, at))));
    }

    [Fact]
    public void It_agrees_with_the_bit_by_bit_definition()
    {
        var random = new Random(1);
        for (int length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            uint crc = 0xffffffff;
            foreach (byte b in bytes)
            {
                crc ^= b;
                for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
            Assert.Equal(~crc, Crc32C.Compute(bytes));
        }
    }
}
