using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Headroom.Metrics.PromQL.Aggregations;

/// <summary>
/// The place of a series in [0, 1) that <c>limit_ratio</c> compares with its ratio: XXH64 over its labels, laid out as
/// Prometheus 3 keeps them, so that both choose the same series.
/// </summary>
internal static class LabelHash
{
    private const ulong P1 = 0x9E3779B185EBCA87, P2 = 0xC2B2AE3D27D4EB4F, P3 = 0x165667B19E3779F9, P4 = 0x85EBCA77C2B2AE63, P5 = 0x27D4EB2F165667C5;

    public static double Ratio(Labels labels)
    {
        var bytes = new List<byte>(labels.Count * 32);
        foreach (var (name, value) in labels)
        {
            Append(name, bytes);
            Append(value, bytes);
        }
        return Hash([.. bytes]) / (double)ulong.MaxValue;
    }

    private static void Append(string text, List<byte> into)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length < 255) into.Add((byte)utf8.Length);
        else into.AddRange([255, (byte)utf8.Length, (byte)(utf8.Length >> 8), (byte)(utf8.Length >> 16)]);
        into.AddRange(utf8);
    }

    /// <summary>XXH64 with seed 0 (xxHash specification, 0.1.1).</summary>
    public static ulong Hash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            ulong hash;
            int length = data.Length;
            if (length >= 32)
            {
                ulong a = P1 + P2, b = P2, c = 0, d = 0 - P1;
                while (data.Length >= 32)
                {
                    a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(data));
                    b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
                    c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(data[16..]));
                    d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(data[24..]));
                    data = data[32..];
                }
                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
                foreach (ulong lane in (ReadOnlySpan<ulong>)[a, b, c, d]) hash = ((hash ^ Round(0, lane)) * P1) + P4;
            }
            else hash = P5;
            hash += (ulong)length;
            for (; data.Length >= 8; data = data[8..])
                hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data)), 27) * P1) + P4;
            if (data.Length >= 4)
            {
                hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(data) * P1), 23) * P2) + P3;
                data = data[4..];
            }
            foreach (byte one in data) hash = BitOperations.RotateLeft(hash ^ (one * P5), 11) * P1;
            hash = (hash ^ (hash >> 33)) * P2;
            hash = (hash ^ (hash >> 29)) * P3;
            return hash ^ (hash >> 32);
        }
    }

    private static ulong Round(ulong lane, ulong input) => unchecked(BitOperations.RotateLeft(lane + (input * P2), 31) * P1);
}
