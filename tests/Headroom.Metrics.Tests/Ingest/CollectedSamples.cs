using System.Text;
using Headroom.Metrics.Ingest;

namespace Headroom.Metrics.Tests.Ingest;

/// <summary>Stands where the store stands: keeps every sample, or refuses those it is told to.</summary>
internal sealed class CollectedSamples(Func<FloatSample, string?>? refuse = null)
{
    public List<FloatSample> Samples { get; } = [];

    public List<Observation> Observations { get; } = [];

    public List<Exemplar> Exemplars { get; } = [];

    public List<MetricMetadata> Metadata { get; } = [];

    public List<int> BatchSizes { get; } = [];

    public ValueTask<WriteOutcome> WriteAsync(WriteRequest batch, CancellationToken cancel)
    {
        BatchSizes.Add(batch.Count);
        var rejections = new List<WriteRejection>();
        for (int i = 0; i < batch.Samples.Count; i++)
        {
            if (refuse?.Invoke(batch.Samples[i]) is { } code) rejections.Add(new WriteRejection(SampleKind.Float, i, code, "refused by the store"));
            else Samples.Add(batch.Samples[i]);
        }
        Observations.AddRange(batch.Observations);
        Exemplars.AddRange(batch.Exemplars);
        Metadata.AddRange(batch.Metadata);
        int rejected = rejections.Count;
        return ValueTask.FromResult(new WriteOutcome(batch.Count - rejected, 0, [.. rejections.Take(100)], rejected));
    }

    /// <summary>Each sample as <c>series value time</c>.</summary>
    public IEnumerable<string> Lines => Samples.Select(sample => FormattableString.Invariant($"{sample.Labels} {sample.Value} {sample.Time}"));
}

/// <summary>A stream that gives a few bytes at a time and cannot seek, as a network does.</summary>
internal sealed class TrickleStream(byte[] bytes, int step) : Stream
{
    private int _at;

    public TrickleStream(string text, int step) : this(Encoding.UTF8.GetBytes(text), step) { }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int taken = Math.Min(Math.Min(step, buffer.Length), bytes.Length - _at);
        bytes.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
