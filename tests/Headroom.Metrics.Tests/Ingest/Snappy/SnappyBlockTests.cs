using FsCheck;
using FsCheck.Fluent;
using Headroom.Metrics.Ingest.Snappy;

namespace Headroom.Metrics.Tests.Ingest.Snappy;

/// <summary>Against IronSnappy, an implementation of others.</summary>
public sealed class SnappyBlockTests
{
    [Fact]
    public void What_another_implementation_compresses_is_read_back_bit_for_bit()
    {
        var random = new Random(5);
        for (int round = 0; round < 400; round++)
        {
            // Runs, repeats near and far, and noise: every kind of element.
            var content = new List<byte>();
            int size = random.Next(round % 10 == 0 ? 300_000 : 3000);
            while (content.Count < size)
            {
                switch (random.Next(4))
                {
                    case 0: content.AddRange(Enumerable.Repeat((byte)random.Next(256), random.Next(1, 90))); break;
                    case 1 when content.Count > 0:
                        int from = random.Next(content.Count);
                        content.AddRange(content.GetRange(from, Math.Min(random.Next(1, 200), content.Count - from)));
                        break;
                    case 2:
                        byte[] pattern = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next(256))];
                        for (int i = random.Next(1, 10); i > 0; i--) content.AddRange(pattern);
                        break;
                    default:
                        byte[] noise = new byte[random.Next(1, 300)];
                        random.NextBytes(noise);
                        content.AddRange(noise);
                        break;
                }
            }
            byte[] bytes = [.. content];
            Assert.Equal(bytes, Decode(IronSnappy.Snappy.Encode(bytes)));
        }
    }

    [Fact]
    public void Any_bytes_are_read_back() => Prop.ForAll<byte[]>(bytes => Decode(IronSnappy.Snappy.Encode(bytes)).SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Copies_with_a_long_offset_and_literals_with_every_length_of_length_are_read()
    {
        byte[] far = new byte[70_000];
        new Random(1).NextBytes(far);
        foreach (int lengthBytes in (int[])[1, 2, 3, 4])
        {
            int count = lengthBytes == 1 ? 200 : far.Length - 1;
            if (lengthBytes == 2) count = 60_000;
            byte[] block =
            [
                .. Varint(count + 11),
                (byte)((59 + lengthBytes) << 2), .. BitConverter.GetBytes(count - 1).AsSpan(0, lengthBytes), .. far.AsSpan(0, count),
                (10 << 2) | 3, .. BitConverter.GetBytes(count - 5),
            ];
            Assert.Equal((byte[])[.. far.AsSpan(0, count), .. far.AsSpan(5, 11)], Decode(block));
        }
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 100, 0, 1 })]
    public void A_length_that_so_short_a_block_cannot_hold_is_refused_before_anything_is_decoded(byte[] block) =>
        Assert.False(SnappyBlock.TryGetLength(block, out _, out _));

    [Theory]
    [InlineData(new byte[] { 5, 0x01, 0x01 })]                        // a copy of what is not there yet
    [InlineData(new byte[] { 5, 0x00, (byte)'a', 0x01, 0x00 })]       // offset 0
    [InlineData(new byte[] { 5, 0x00, (byte)'a', 0x01, 0x02 })]       // offset beyond the beginning
    [InlineData(new byte[] { 3, 0x00, (byte)'a', 0x01, 0x01 })]       // more than was announced
    [InlineData(new byte[] { 9, 0x00, (byte)'a', 0x01, 0x01 })]       // less than was announced
    [InlineData(new byte[] { 5, 0x10, (byte)'a', (byte)'b' })]        // a literal beyond the end
    [InlineData(new byte[] { 5, 0xF0 })]                              // a length beyond the end
    [InlineData(new byte[] { 5, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 1 })]   // a literal of 4 GiB
    [InlineData(new byte[] { 5, 0x00, (byte)'a', 0x03, 1, 0, 0 })]    // an offset cut short
    [InlineData(new byte[] { 5, 0x00, (byte)'a', 0x0F, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void Damage_is_found(byte[] block)
    {
        Assert.True(SnappyBlock.TryGetLength(block, out long length, out _));
        Assert.False(SnappyBlock.TryDecode(block, new byte[length]));
    }

    [Fact]
    public void Damaged_blocks_give_what_another_implementation_gives_or_nothing()
    {
        var random = new Random(9);
        byte[] content = [.. Enumerable.Range(0, 4000).Select(i => (byte)(i % 37 * (i % 5)))];
        byte[] good = IronSnappy.Snappy.Encode(content);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] block = [.. good];
            for (int changes = random.Next(1, 5); changes > 0; changes--) block[random.Next(block.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) block = block[..random.Next(block.Length)];
            if (!SnappyBlock.TryGetLength(block, out long length, out _) || length > 1 << 20) continue;
            byte[] output = new byte[length];
            if (SnappyBlock.TryDecode(block, output)) Assert.Equal(IronSnappy.Snappy.Decode(block), output);
        }
    }

    private static byte[] Decode(byte[] block)
    {
        Assert.True(SnappyBlock.TryGetLength(block, out long length, out _));
        byte[] output = new byte[length];
        Assert.True(SnappyBlock.TryDecode(block, output));
        return output;
    }

    private static byte[] Varint(int number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7) bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
        return [.. bytes];
    }
}
