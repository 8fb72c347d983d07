using BenchmarkDotNet.Attributes;
using Headroom.Metrics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Csv;
using Headroom.Metrics.Ingest.Json;
using Headroom.Metrics.Ingest.Text;

namespace Headroom.Benchmarks;

/// <summary>What it costs to read one sample by each protocol, the store apart. All figures are per sample.</summary>
[MemoryDiagnoser]
public class IngestBenchmarks
{
    private const int Samples = 100_000;
    private const int JsonItems = 1000;

    private byte[] _text = [];
    private byte[] _csv = [];
    private byte[] _labelledCsv = [];
    private byte[] _json = [];

    [GlobalSetup]
    public void Setup()
    {
        _text = Inputs.Text(series: 1000, rounds: Samples / 1000);
        _csv = Inputs.Csv(Samples);
        _labelledCsv = Inputs.LabelledCsv(Samples, series: 100);
        _json = Inputs.Json(JsonItems);
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public async Task<long> Text_of_1000_series() =>
        (await new TextImporter(new TextImportOptions(), TimeProvider.System).ImportAsync(new MemoryStream(_text), AcceptAsync, default)).Samples;

    [Benchmark(OperationsPerInvoke = Samples)]
    public async Task<long> Csv_of_times_and_values() =>
        (await new CsvImporter(new CsvImportOptions { Metric = "cpu" }, TimeProvider.System).ImportAsync(new MemoryStream(_csv), AcceptAsync, default)).Samples;

    [Benchmark(OperationsPerInvoke = Samples)]
    public async Task<long> Csv_with_two_label_columns() =>
        (await new CsvImporter(new CsvImportOptions { Metric = "cpu", LabelColumns = ["host", "region"] }, TimeProvider.System)
            .ImportAsync(new MemoryStream(_labelledCsv), AcceptAsync, default)).Samples;

    [Benchmark(OperationsPerInvoke = JsonItems)]
    public int Json_array() => new JsonWriteParser(new JsonIngestOptions(), TimeProvider.System).Parse(_json).Request.Count;

    private static ValueTask<WriteOutcome> AcceptAsync(WriteRequest batch, CancellationToken cancel) =>
        ValueTask.FromResult(new WriteOutcome(batch.Count, 0, [], 0));
}
