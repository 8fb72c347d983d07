namespace Headroom.Metrics.Tests.Prometheus;

/// <summary>Reads Snappy's block format, written from its description alone: what the encoder is judged by.</summary>
internal static class SnappyText
{
    public static byte[] Decode(byte[] input)
    {
        int at = 0, shift = 0, length = 0;
        while (true)
        {
            byte b = input[at++];
            length |= (b & 0x7f) << shift;
            if (b < 0x80) break;
            shift += 7;
        }
        var output = new List<byte>(length);
        while (at < input.Length)
        {
            int tag = input[at++], size, offset;
            switch (tag & 3)
            {
                case 0:
                    size = (tag >> 2) + 1;
                    if (size > 60)
                    {
                        int extra = size - 60;
                        size = 1;
                        for (int i = 0; i < extra; i++) size += input[at++] << (8 * i);
                    }
                    output.AddRange(input[at..(at + size)]);
                    at += size;
                    continue;
                case 1:
                    size = ((tag >> 2) & 7) + 4;
                    offset = ((tag >> 5) << 8) | input[at++];
                    break;
                default:
                    size = (tag >> 2) + 1;
                    offset = input[at] | (input[at + 1] << 8);
                    at += 2;
                    break;
            }
            Assert.InRange(offset, 1, output.Count);
            for (int i = 0; i < size; i++) output.Add(output[^offset]);
        }
        Assert.Equal(length, output.Count);
        return [.. output];
    }
}
