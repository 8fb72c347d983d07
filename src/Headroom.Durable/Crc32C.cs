using System.Buffers.Binary;
using System.Numerics;

namespace Headroom.Durable;

/// <summary>
/// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected, RFC 3720 appendix B.4): the checksum of every record and
/// block on disk. Uses the processor's CRC instruction where there is one. The check value of "123456789" is E3069283.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of some bytes, or of bytes that continue those of an earlier checksum.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint crc = ~before;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
