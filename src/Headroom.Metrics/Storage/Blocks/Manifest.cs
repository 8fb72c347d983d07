using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// What belongs to the store: replaced in one atomic step, so a flush, a merge, a roll-up or a deletion has happened wholly
/// or not at all. In the file: log floor, checkpoint and next number (8 bytes each), the blocks (varint count; 8 bytes
/// number and, since format version 2, 8 bytes time through which it is hidden); since version 2 also the times through
/// which each resolution was rolled up (8 bytes each), the tombstones (varint count), and the retention of each resolution in
/// milliseconds (8 bytes each; 0 when it was never set).
/// </summary>
/// <param name="LogFloor">Journal records up to this sequence are in blocks and in the checkpoint.</param>
/// <param name="Checkpoint">Number of the checkpoint file; 0 for none.</param>
/// <param name="NextNumber">Number of the next block or checkpoint.</param>
/// <param name="Blocks">The blocks, oldest flush first.</param>
/// <param name="RolledThrough">
/// For each of <see cref="Resolutions"/>, the time through which its samples were rolled up, or dropped; <see cref="long.MinValue"/>
/// when none were.
/// </param>
/// <param name="Tombstones">Deletions that some block still has to obey.</param>
/// <param name="Retention">The retention that was set last, for whoever opens the store without knowing it; null when none was.</param>
internal sealed record Manifest(
    long LogFloor, long Checkpoint, long NextNumber, IReadOnlyList<ManifestBlock> Blocks, IReadOnlyList<long> RolledThrough, IReadOnlyList<Tombstone> Tombstones,
    RetentionPolicy? Retention = null)
{
    public const string FileName = "manifest";

    /// <summary>That of a new store.</summary>
    public static readonly Manifest Empty = new(0, 0, 1, [], [.. Resolutions.All.Select(_ => long.MinValue)], []);

    /// <summary>Replaces the manifest of a directory.</summary>
    public void Write(IFileLayer files, string directory)
    {
        string path = Path.Combine(directory, FileName);
        string temporary = path + BlockFormat.TemporarySuffix;
        if (files.ListFiles(directory).Contains(FileName + BlockFormat.TemporarySuffix)) files.DeleteFile(temporary);
        BlockFormat.WriteFile(files, temporary, ToBytes());
        files.Move(temporary, path);
        files.SyncDirectory(directory);
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes()
    {
        var into = new ByteWriter();
        BlockFormat.Start(into, BlockFormat.ManifestMagic);
        into.Int64(LogFloor);
        into.Int64(Checkpoint);
        into.Int64(NextNumber);
        into.Unsigned((ulong)Blocks.Count);
        foreach (var (number, hiddenThrough) in Blocks)
        {
            into.Int64(number);
            into.Int64(hiddenThrough);
        }
        foreach (long through in RolledThrough) into.Int64(through);
        into.Unsigned((ulong)Tombstones.Count);
        foreach (var tombstone in Tombstones) tombstone.Write(into);
        for (int level = 0; level < Resolutions.All.Count; level++) into.Int64(Retention?.Of(level) ?? 0);
        BlockFormat.Finish(into);
        return into.ToArray();
    }

    /// <summary>Reads the manifest of a directory; null when there is none.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The store's directory.</param>
    /// <param name="version">The format version it has.</param>
    /// <exception cref="BlockDamagedException">It is not what was written.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static Manifest? Read(IFileLayer files, string directory, out int version)
    {
        version = BlockFormat.Version;
        if (!files.ListFiles(directory).Contains(FileName)) return null;
        string path = Path.Combine(directory, FileName);
        byte[] bytes = BlockFormat.ReadFile(files, path, BlockFormat.ManifestMagic);
        version = BlockFormat.VersionOf(bytes);
        var reader = new ByteReader(bytes.AsSpan(BlockFormat.HeaderBytes));
        try
        {
            var (floor, checkpoint, next) = (reader.Int64(), reader.Int64(), reader.Int64());
            var blocks = new ManifestBlock[reader.Count(version > 1 ? 16 : 8)];
            for (int i = 0; i < blocks.Length; i++) blocks[i] = new ManifestBlock(reader.Int64(), version > 1 ? reader.Int64() : long.MinValue);
            if (version == 1) return Empty with { LogFloor = floor, Checkpoint = checkpoint, NextNumber = next, Blocks = blocks };
            long[] through = [.. Empty.RolledThrough];
            foreach (ref long time in through.AsSpan()) time = reader.Int64();
            var tombstones = new Tombstone[reader.Count(25)];
            for (int i = 0; i < tombstones.Length; i++) tombstones[i] = Tombstone.Read(ref reader);
            var retention = new RetentionPolicy(TimeSpan.FromMilliseconds(reader.Int64()), TimeSpan.FromMilliseconds(reader.Int64()), TimeSpan.FromMilliseconds(reader.Int64()));
            return new Manifest(floor, checkpoint, next, blocks, through, tombstones, retention.Raw == TimeSpan.Zero ? null : retention);
        }
        catch (DecodeException e)
        {
            throw new BlockDamagedException(path, BlockFormat.HeaderBytes + e.Offset, e.Message);
        }
    }
}

/// <summary>A block that belongs to the store.</summary>
/// <param name="Number">Its number.</param>
/// <param name="HiddenThrough">Samples up to this time were rolled up or have expired.</param>
internal readonly record struct ManifestBlock(long Number, long HiddenThrough);
