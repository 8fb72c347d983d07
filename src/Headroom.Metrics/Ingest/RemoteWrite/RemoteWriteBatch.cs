using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>What one request came to. Its lists are used again: give it back with <see cref="RemoteWriteReceiver.Return"/>.</summary>
public sealed class RemoteWriteBatch
{
    private readonly List<Problem> _problems = [];

    internal RemoteWriteBatch(RemoteWriteReader reader) => Reader = reader;

    /// <summary>Zeros at the instants at which counters began. Written first, and what the store says of them matters to nobody.</summary>
    public WriteRequest Starts { get; } = new();

    /// <summary>The histograms, in a request of their own: so the answer can say how many of either kind were written.</summary>
    public WriteRequest Histograms { get; } = new();

    /// <summary>The float samples, the exemplars and the metadata.</summary>
    public WriteRequest Samples { get; } = new();

    /// <summary>Parts that could not be kept.</summary>
    public int Invalid { get; private set; }

    /// <summary>The first of them, worded.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Why nothing of the request may be kept; null when there is no such reason.</summary>
    public Problem? Refusal { get; internal set; }

    /// <summary>Who fills it.</summary>
    internal RemoteWriteReader Reader { get; }

    internal void Clear()
    {
        foreach (var request in (ReadOnlySpan<WriteRequest>)[Starts, Histograms, Samples])
        {
            request.Samples.Clear();
            request.Histograms.Clear();
            request.Exemplars.Clear();
            request.Metadata.Clear();
        }
        _problems.Clear();
        (Invalid, Refusal) = (0, null);
    }

    internal int SampleCount => Samples.Samples.Count + Histograms.Histograms.Count;

    internal void Reject(int parts, string code, string what, string where, int listed)
    {
        Invalid += parts;
        if (_problems.Count < listed) _problems.Add(new Problem(code, what, where));
    }
}
