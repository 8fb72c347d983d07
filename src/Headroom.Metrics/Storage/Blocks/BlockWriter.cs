using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Writes a block under a temporary name: chunks as they come, then index and meta, each synced. Renaming it makes it a
/// block. A chunk in the file is its CRC32C (u32) and its bytes.
/// </summary>
internal sealed class BlockWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly IFileLayer _files;
    private readonly string _directory;
    private readonly string _temporary;
    private readonly long _number;
    private readonly long _resolution;
    private readonly BlockIndexBuilder _index;
    private readonly ByteWriter _buffer = new();
    private readonly IDurableFile _chunks;
    private readonly SeriesEntry _current = new(Labels.Empty, SeriesKinds.None);
    private long _written;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;
    private long _series;
    private long _samples;
    private long _raw;

    private BlockWriter(IFileLayer files, string directory, string temporary, long number, long resolution, int series, IDurableFile chunks) =>
        (_files, _directory, _temporary, _number, _resolution, _chunks, _index) = (files, directory, temporary, number, resolution, chunks, new BlockIndexBuilder(series));

    /// <summary>Starts a block in a directory of blocks.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="blocksDirectory">The directory.</param>
    /// <param name="number">The block's number.</param>
    /// <param name="series">About how many series it will have.</param>
    /// <param name="resolution">Interval of its samples in milliseconds.</param>
    public static BlockWriter Start(IFileLayer files, string blocksDirectory, long number, int series, long resolution = Resolutions.Raw)
    {
        string directory = Path.Combine(blocksDirectory, BlockFormat.BlockName(number));
        string temporary = directory + BlockFormat.TemporarySuffix;
        // Of an attempt that failed; the manifest names neither.
        files.DeleteDirectory(temporary);
        files.DeleteDirectory(directory);
        files.CreateDirectory(temporary);
        var writer = new BlockWriter(files, directory, temporary, number, resolution, series, files.Create(Path.Combine(temporary, BlockFormat.ChunkFile)));
        BlockFormat.Start(writer._buffer, BlockFormat.ChunkMagic);
        return writer;
    }

    /// <summary>Starts a series; they must come in label order. One that gets no chunk is left out.</summary>
    public void StartSeries(Labels labels, SeriesKinds kinds)
    {
        FinishSeries();
        _current.Reset(labels, kinds);
    }

    /// <summary>Adds a chunk to the current series; those of a series must come in time order.</summary>
    public void Chunk(ChunkEncoding encoding, long first, long last, int count, ReadOnlySpan<byte> bytes)
    {
        _buffer.UInt32(Crc32C.Compute(bytes));
        long offset = _written + _buffer.Length;
        _buffer.Bytes(bytes);
        var place = new ChunkPlace(encoding, first, last, count, offset, bytes.Length);
        switch (encoding)
        {
            case ChunkEncoding.Aggregates:
                _current.Aggregates.Add(place);
                break;
            case ChunkEncoding.Raw:
                _current.Raw.Add(place);
                _raw += count;
                break;
            default:
                _current.Samples.Add(place);
                _samples += count;
                break;
        }
        _first = Math.Min(_first, first);
        _last = Math.Max(_last, last);
        if (_buffer.Length >= BufferBytes) WriteBuffer();
    }

    /// <summary>
    /// Completes the files and renames the directory to the block's name; false, with nothing left behind, when the
    /// block is empty.
    /// </summary>
    public bool Finish()
    {
        FinishSeries();
        if (_series == 0)
        {
            _chunks.Dispose();
            _files.DeleteDirectory(_temporary);
            return false;
        }
        WriteBuffer();
        _chunks.Sync();
        _chunks.Dispose();
        var index = _index.Build(_buffer);
        BlockFormat.WriteFile(_files, Path.Combine(_temporary, BlockFormat.IndexFile), index);
        var meta = new BlockMeta(_number, _first, _last, _series, _samples, _raw, _written, index.Length, _resolution);
        BlockFormat.WriteFile(_files, Path.Combine(_temporary, BlockFormat.MetaFile), meta.ToBytes());
        _files.SyncDirectory(_temporary);
        _files.Move(_temporary, _directory);
        _files.SyncDirectory(Path.GetDirectoryName(_directory)!);
        return true;
    }

    public void Dispose() => _chunks.Dispose();

    private void FinishSeries()
    {
        if (_current.IsEmpty) return;
        _index.Add(_current);
        _series++;
        _current.Reset(Labels.Empty, SeriesKinds.None);
    }

    private void WriteBuffer()
    {
        _chunks.Write(_buffer.Written, _written);
        _written += _buffer.Length;
        _buffer.Clear();
    }
}
