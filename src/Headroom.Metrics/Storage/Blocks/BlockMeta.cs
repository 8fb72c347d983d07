using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>What a block holds; the file that makes a directory a block.</summary>
/// <param name="Number">The block's number; names its directory.</param>
/// <param name="First">Time of the earliest sample or raw entry.</param>
/// <param name="Last">Time of the latest.</param>
/// <param name="Series">Number of series.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="RawEntries">Number of raw entries.</param>
/// <param name="ChunkBytes">Length of the chunk file.</param>
/// <param name="IndexBytes">Length of the index file.</param>
/// <param name="Resolution">Interval of the samples in milliseconds; 0 for raw ones (format version 1 has no other).</param>
internal sealed record BlockMeta(
    long Number, long First, long Last, long Series, long Samples, long RawEntries, long ChunkBytes, long IndexBytes, long Resolution)
{
    public byte[] ToBytes()
    {
        var into = new ByteWriter();
        BlockFormat.Start(into, BlockFormat.MetaMagic);
        foreach (long number in (ReadOnlySpan<long>)[Number, First, Last, Series, Samples, RawEntries, ChunkBytes, IndexBytes, Resolution]) into.Int64(number);
        BlockFormat.Finish(into);
        return into.ToArray();
    }

    /// <exception cref="BlockDamagedException">The file is missing or not what was written.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static BlockMeta Read(IFileLayer files, string directory)
    {
        string path = Path.Combine(directory, BlockFormat.MetaFile);
        byte[] bytes = BlockFormat.ReadFile(files, path, BlockFormat.MetaMagic);
        bool hasResolution = BlockFormat.VersionOf(bytes) > 1;
        if (bytes.Length != BlockFormat.HeaderBytes + (hasResolution ? 9 : 8) * 8 + 4) throw new BlockDamagedException(path, bytes.Length, "it has another length than a meta file");
        var reader = new ByteReader(bytes.AsSpan(BlockFormat.HeaderBytes));
        return new BlockMeta(reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64(),
            hasResolution ? reader.Int64() : 0);
    }
}
