using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Headroom.Metrics.Storage;

/// <summary>
/// The ids of the samples accepted last, so that a client that repeats a request is counted once. An id belongs to its series: two
/// series may use the same one. The oldest is forgotten when there are more than the bound.
/// </summary>
internal sealed class RecentIds(int capacity)
{
    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<UInt128> _order = new();
    private readonly ByteWriter _scratch = new();

    public int Count => _order.Count;

    /// <summary>What is remembered of an id: 128 bits of a cryptographic hash, so that no two ids are ever taken for each other.</summary>
    public UInt128 KeyOf(Labels labels, string id)
    {
        // Texts are written with their length, which keeps apart what only differs in where one ends and the next begins.
        _scratch.Clear();
        _scratch.Text(id);
        foreach (var (name, value) in labels.AsSpan())
        {
            _scratch.Text(name);
            _scratch.Text(value);
        }
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_scratch.Written, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    public bool Knows(UInt128 key) => _known.Contains(key);

    public void Remember(UInt128 key)
    {
        if (!_known.Add(key)) return;
        _order.Enqueue(key);
        if (_order.Count > capacity) _known.Remove(_order.Dequeue());
    }

    /// <summary>Writes the ids, oldest first.</summary>
    public void Write(ByteWriter into)
    {
        into.Unsigned((ulong)_order.Count);
        foreach (var key in _order)
        {
            into.Int64((long)(ulong)key);
            into.Int64((long)(ulong)(key >> 64));
        }
    }

    public void Read(ref ByteReader reader)
    {
        for (int count = reader.Count(16); count > 0; count--)
        {
            ulong low = (ulong)reader.Int64();
            Remember(new UInt128((ulong)reader.Int64(), low));
        }
    }
}
