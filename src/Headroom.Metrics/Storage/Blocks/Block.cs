using System.Buffers;
using System.Buffers.Binary;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// An immutable block of samples on disk. Its index is in memory; chunks are read where they stand, each checked
/// against its checksum. The file stays open for as long as something refers to the block, also after compaction
/// has deleted it, so that a running query can finish.
/// </summary>
internal sealed class Block : IDisposable
{
    /// <summary>Bytes of the checksum before each chunk.</summary>
    public const int ChecksumBytes = 4;

    private const int ReservedFrom = 10;

    private readonly IDurableFile _chunks;
    private readonly string _chunkPath;
    private readonly string _indexPath;
    private readonly BlockIndex _index;

    private Block(string directory, BlockMeta meta, BlockIndex index, IDurableFile chunks)
    {
        (Directory, Meta, _index, _chunks) = (directory, meta, index, chunks);
        _chunkPath = Path.Combine(directory, BlockFormat.ChunkFile);
        _indexPath = Path.Combine(directory, BlockFormat.IndexFile);
    }

    public string Directory { get; }

    public BlockMeta Meta { get; }

    /// <summary>Size on disk in bytes.</summary>
    public long Bytes => Meta.ChunkBytes + Meta.IndexBytes + BlockFormat.HeaderBytes + 76;

    public ILabelIndex Index => _index;

    /// <summary>Opens a block and checks its meta and index.</summary>
    /// <exception cref="BlockDamagedException">It is not what was written.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static Block Open(IFileLayer files, string directory)
    {
        var meta = BlockMeta.Read(files, directory);
        string indexPath = Path.Combine(directory, BlockFormat.IndexFile);
        byte[] index = BlockFormat.ReadFile(files, indexPath, BlockFormat.IndexMagic);
        string chunkPath = Path.Combine(directory, BlockFormat.ChunkFile);
        try
        {
            var chunks = files.Open(chunkPath);
            try
            {
                Span<byte> header = stackalloc byte[BlockFormat.HeaderBytes];
                BlockFormat.CheckHeader(header[..chunks.Read(header, 0)], chunkPath, BlockFormat.ChunkMagic);
                if (header[ReservedFrom..].ContainsAnyExcept((byte)0)) throw new BlockDamagedException(chunkPath, ReservedFrom, "bytes that are always zero are not");
                if (chunks.Length != meta.ChunkBytes)
                    throw new BlockDamagedException(chunkPath, Math.Min(chunks.Length, meta.ChunkBytes), $"the file has {chunks.Length} bytes, and should have {meta.ChunkBytes}");
                return new Block(directory, meta, new BlockIndex(index), chunks);
            }
            catch
            {
                chunks.Dispose();
                throw;
            }
        }
        catch (FileNotFoundException)
        {
            throw new BlockDamagedException(chunkPath, 0, "the file is missing");
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(indexPath, e.Offset, e.Message);
        }
    }

    /// <summary>Reads every chunk and checks it.</summary>
    /// <exception cref="BlockDamagedException">One is not what was written.</exception>
    public void Verify()
    {
        // Chunks stand in the order of the index, so a window that moves on reads the file once, front to back.
        byte[] window = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            long start = 0;
            int length = 0;
            var places = new List<ChunkPlace>();
            for (int series = 0; series < _index.SeriesCount; series++)
            {
                places.Clear();
                ReadPlaces(series, places);
                foreach (var place in places)
                {
                    long from = place.Offset - ChecksumBytes;
                    int needed = place.Length + ChecksumBytes;
                    if (needed > window.Length)
                    {
                        ReadChunk(place, new byte[needed]);
                        continue;
                    }
                    if (from < start || from + needed > start + length) (start, length) = (from, _chunks.Read(window, from));
                    if (from + needed > start + length) throw Damaged(place, "the chunk is cut short");
                    Check(place, window.AsSpan((int)(from - start), needed));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private void ReadPlaces(int series, List<ChunkPlace> into)
    {
        try
        {
            _index.Chunks(series, into);
            foreach (var place in into) CheckPlace(place);
            // Labels that cannot be read are damage too, though no chunk needs them.
            _index.HashOf(series);
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(_indexPath, e.Offset, e.Message);
        }
    }

    /// <summary>The number of a series, or -1 when the block does not have it.</summary>
    public int Find(Labels labels, ulong hash) => _index.Find(labels, hash);

    /// <exception cref="BlockDamagedException">They cannot be decoded.</exception>
    public Labels LabelsOf(int series)
    {
        try
        {
            return _index.LabelsOf(series);
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(_indexPath, e.Offset, e.Message);
        }
    }

    /// <summary>Whether a series has these labels.</summary>
    /// <exception cref="BlockDamagedException">Its labels cannot be decoded.</exception>
    public bool Is(int series, Labels labels)
    {
        try
        {
            return _index.Is(series, labels);
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(_indexPath, e.Offset, e.Message);
        }
    }

    /// <summary>The <see cref="StableHash"/> of a series.</summary>
    public ulong HashOf(int series) => _index.HashOf(series);

    /// <summary>What the index says about a series.</summary>
    /// <exception cref="BlockDamagedException">It cannot be decoded.</exception>
    public SeriesEntry Entry(int series)
    {
        var entry = new SeriesEntry(LabelsOf(series), SeriesKinds.None);
        Read(series, entry.Labels, entry);
        return entry;
    }

    /// <summary>Reads what the index says about a series, whose labels are known, into an entry.</summary>
    /// <exception cref="BlockDamagedException">It cannot be decoded.</exception>
    public void Read(int series, Labels labels, SeriesEntry entry)
    {
        try
        {
            entry.Reset(labels, SeriesKinds.None);
            _index.Read(series, entry);
            foreach (var place in entry.Samples) CheckPlace(place);
            foreach (var place in entry.Raw) CheckPlace(place);
            foreach (var place in entry.Aggregates) CheckPlace(place);
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(_indexPath, e.Offset, e.Message);
        }
    }

    /// <summary>Reads a chunk's bytes and checks them.</summary>
    /// <param name="place">Where the chunk stands.</param>
    /// <param name="buffer">At least 4 bytes longer than the chunk; receives it.</param>
    /// <exception cref="BlockDamagedException">They are not what was written.</exception>
    public ReadOnlySpan<byte> ReadChunk(ChunkPlace place, Span<byte> buffer)
    {
        buffer = buffer[..(place.Length + ChecksumBytes)];
        if (_chunks.Read(buffer, place.Offset - ChecksumBytes) < buffer.Length) throw Damaged(place, "the chunk is cut short");
        Check(place, buffer);
        return buffer[ChecksumBytes..];
    }

    public BlockDamagedException Damaged(ChunkPlace place, string reason) => new(_chunkPath, place.Offset, reason);

    public void Dispose() => _chunks.Dispose();

    private void CheckPlace(ChunkPlace place)
    {
        if (place.Offset < BlockFormat.HeaderBytes + ChecksumBytes || place.Offset > Meta.ChunkBytes - place.Length)
            throw new BlockDamagedException(_indexPath, BlockFormat.HeaderBytes, "a chunk lies outside of the chunk file");
    }

    private void Check(ChunkPlace place, ReadOnlySpan<byte> stored)
    {
        if (Crc32C.Compute(stored[ChecksumBytes..]) != BinaryPrimitives.ReadUInt32LittleEndian(stored))
            throw Damaged(place, "the chunk's checksum does not match");
    }
}
