using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// What belongs to the store: replaced in one atomic step, so a flush or a compaction has happened wholly or not at all.
/// </summary>
/// <param name="LogFloor">Journal records up to this sequence are in blocks and in the checkpoint.</param>
/// <param name="Checkpoint">Number of the checkpoint file; 0 for none.</param>
/// <param name="NextNumber">Number of the next block or checkpoint.</param>
/// <param name="Blocks">Numbers of the blocks, oldest flush first.</param>
internal sealed record Manifest(long LogFloor, long Checkpoint, long NextNumber, IReadOnlyList<long> Blocks)
{
    public const string FileName = "manifest";

    /// <summary>That of a new store.</summary>
    public static readonly Manifest Empty = new(0, 0, 1, []);

    /// <summary>Replaces the manifest of a directory.</summary>
    public void Write(IFileLayer files, string directory)
    {
        var into = new ByteWriter();
        BlockFormat.Start(into, BlockFormat.ManifestMagic);
        into.Int64(LogFloor);
        into.Int64(Checkpoint);
        into.Int64(NextNumber);
        into.Unsigned((ulong)Blocks.Count);
        foreach (long block in Blocks) into.Int64(block);
        BlockFormat.Finish(into);

        string path = Path.Combine(directory, FileName);
        string temporary = path + BlockFormat.TemporarySuffix;
        if (files.ListFiles(directory).Contains(FileName + BlockFormat.TemporarySuffix)) files.DeleteFile(temporary);
        BlockFormat.WriteFile(files, temporary, into.Written);
        files.Move(temporary, path);
        files.SyncDirectory(directory);
    }

    /// <summary>Reads the manifest of a directory; null when there is none.</summary>
    /// <exception cref="BlockDamagedException">It is not what was written.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static Manifest? Read(IFileLayer files, string directory)
    {
        if (!files.ListFiles(directory).Contains(FileName)) return null;
        string path = Path.Combine(directory, FileName);
        var reader = new ByteReader(BlockFormat.ReadFile(files, path, BlockFormat.ManifestMagic).AsSpan(BlockFormat.HeaderBytes));
        try
        {
            var (floor, checkpoint, next) = (reader.Int64(), reader.Int64(), reader.Int64());
            var blocks = new long[reader.Count(8)];
            for (int i = 0; i < blocks.Length; i++) blocks[i] = reader.Int64();
            return new Manifest(floor, checkpoint, next, blocks);
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(path, BlockFormat.HeaderBytes + e.Offset, e.Message);
        }
    }
}
