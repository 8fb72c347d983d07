using Google.Protobuf;
using Headroom.Metrics.Ingest.RemoteWrite;

namespace Headroom.Metrics.Tests.Ingest.RemoteWrite;

/// <summary>Messages by generated code, and what our reader makes of them.</summary>
internal static class Writes
{
    public const long Now = 1_800_000_000_000;

    public static RemoteWriteReceiver Receiver(string? service = null) => new(new RemoteWriteOptions { DefaultService = service });

    public static V1.TimeSeries SeriesV1(params (string Name, string Value)[] labels)
    {
        var series = new V1.TimeSeries();
        foreach (var (name, value) in labels) series.Labels.Add(new V1.Label { Name = name, Value = value });
        return series;
    }

    public static V1.TimeSeries With(this V1.TimeSeries series, params (long Time, double Value)[] samples)
    {
        foreach (var (time, value) in samples) series.Samples.Add(new V1.Sample { Timestamp = time, Value = value });
        return series;
    }

    public static V1.WriteRequest RequestV1(params V1.TimeSeries[] series) => new() { Timeseries = { series } };

    /// <summary>A 2.0 request whose symbols are collected as its series are added.</summary>
    public sealed class BuilderV2
    {
        private readonly Dictionary<string, uint> _symbols = [];

        public V2.Request Request { get; } = new() { Symbols = { "" } };

        public uint Ref(string text)
        {
            if (text.Length == 0) return 0;
            if (_symbols.TryGetValue(text, out uint known)) return known;
            Request.Symbols.Add(text);
            return _symbols[text] = (uint)Request.Symbols.Count - 1;
        }

        public V2.TimeSeries Series(params (string Name, string Value)[] labels)
        {
            var series = new V2.TimeSeries();
            foreach (var (name, value) in labels) series.LabelsRefs.AddRange([Ref(name), Ref(value)]);
            Request.Timeseries.Add(series);
            return series;
        }
    }

    /// <summary>Reads and copies what was read, so that the batch can be given back.</summary>
    public static Outcome Read(this RemoteWriteReceiver receiver, IMessage message) =>
        receiver.ReadBytes(message is V2.Request ? RemoteWriteVersion.V2 : RemoteWriteVersion.V1, message.ToByteArray());

    public static Outcome ReadBytes(this RemoteWriteReceiver receiver, RemoteWriteVersion version, byte[] message)
    {
        var batch = receiver.Read(version, message.AsMemory());
        var outcome = new Outcome(
            [.. batch.Samples.Samples], [.. batch.Histograms.Histograms], [.. batch.Samples.Exemplars], [.. batch.Samples.Metadata],
            [.. batch.Starts.Samples], [.. batch.Starts.Histograms], batch.Invalid, [.. batch.Problems.Select(p => p.Code)], batch.Refusal?.Code);
        receiver.Return(batch);
        return outcome;
    }

    public sealed record Outcome(
        List<FloatSample> Samples, List<HistogramSample> Histograms, List<Exemplar> Exemplars, List<MetricMetadata> Metadata,
        List<FloatSample> Starts, List<HistogramSample> HistogramStarts, int Invalid, List<string> Codes, string? Refusal);
}
