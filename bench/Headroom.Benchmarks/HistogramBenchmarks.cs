using System.Buffers;
using BenchmarkDotNet.Attributes;
using Headroom.Metrics.Histograms;

namespace Headroom.Benchmarks;

/// <summary>What a distribution costs: to record a value, to merge, to ask, to store. Times of records are per value.</summary>
[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private const int Values = 100_000;

    private readonly double[] _values = new double[Values];
    private readonly HistogramRecorder _recorder = new();
    private readonly HistogramMerger _merger = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private Histogram[] _parts = [];
    private Histogram _whole = new();
    private byte[] _encoded = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < Values; i++) _values[i] = Inputs.Lognormal(random, 0.05, 0.8);
        _parts = new Histogram[1000];
        for (int i = 0; i < _parts.Length; i++)
        {
            var part = new HistogramRecorder();
            for (int j = 0; j < 1000; j++) part.Record(Inputs.Lognormal(random, 0.05, 0.8));
            _parts[i] = part.ToHistogram();
        }
        _whole = Histogram.Merge(_parts);
        _encoded = HistogramCodec.Encode(_parts[0]);
        foreach (double value in _values) _recorder.Record(value);
    }

    [Benchmark(OperationsPerInvoke = Values)]
    public void Record()
    {
        foreach (double value in _values) _recorder.Record(value);
    }

    [Benchmark]
    public Histogram Merge_two_of_1000_values() => Histogram.Merge(_parts[0], _parts[1]);

    [Benchmark(OperationsPerInvoke = 1000)]
    public void Merge_each_of_1000_histograms()
    {
        _merger.Clear();
        foreach (var part in _parts) _merger.Add(part);
    }

    [Benchmark]
    public double Quantile_of_a_million_values() => _whole.Quantile(0.99);

    [Benchmark]
    public int Encode_1000_values()
    {
        _buffer.ResetWrittenCount();
        HistogramCodec.Encode(_parts[0], _buffer);
        return _buffer.WrittenCount;
    }

    [Benchmark]
    public bool Decode_1000_values() => HistogramCodec.TryDecode(_encoded, out _, out _);
}
