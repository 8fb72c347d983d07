using Headroom.Metrics.Histograms;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.Log;

public sealed class WriteRecordTests
{
    [Fact]
    public void A_record_reads_back_what_was_put_in()
    {
        var random = new Random(21);
        var builder = new WriteRecordBuilder();
        for (int round = 0; round < 300; round++)
        {
            var wanted = new Recorded();
            Fill(builder, wanted, random);
            Assert.Equal(wanted.Lines.Count == 0, builder.IsEmpty);
            var read = new Recorded();
            WriteRecord.Read(builder.Take(), read);
            Assert.Equal(wanted.Lines.Order(), read.Lines.Order());
            Assert.True(builder.IsEmpty);
        }
    }

    [Fact]
    public void A_plain_sample_of_a_known_series_costs_eleven_bytes_at_most()
    {
        var builder = new WriteRecordBuilder();
        for (int i = 0; i < 1000; i++) builder.Float(1 + i % 10, 1_767_225_600_000 + i / 10, i, null);
        Assert.InRange(builder.Take().Length, 1, 11_000);
    }

    [Fact]
    public void A_newer_version_is_refused()
    {
        var refused = Assert.Throws<DecodeException>(() => WriteRecord.Read([3, 0, 0, 0, 0, 0, 0, 0, 0], new Recorded()));
        Assert.Contains("version 3", refused.Message);
    }

    [Fact]
    public void A_record_of_version_1_reads()
    {
        var builder = new WriteRecordBuilder();
        builder.Define(7, Labels.Of("m"));
        builder.Float(7, 1000, 1.5, null);
        // Version 1 ends before exemplars and metadata, which are two counts of 0 here.
        byte[] record = [1, .. builder.Take()[1..^2]];
        var read = new Recorded();
        WriteRecord.Read(record, read);
        Assert.Equal(["define 7 m", "float 7 1000 1.5 "], read.Lines);
    }

    [Fact]
    public void Random_and_mutated_bytes_are_refused_or_read_and_never_crash_or_fill_the_memory()
    {
        var random = new Random(22);
        var builder = new WriteRecordBuilder();
        Fill(builder, new Recorded(), random);
        byte[] seed = builder.Take().ToArray();
        for (int round = 0; round < 30_000; round++)
        {
            byte[] bytes = Fuzz.Mutate(random.Next(10) == 0 ? [] : seed, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                WriteRecord.Read(bytes, new Nothing());
            }
            catch (DecodeException) { }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static void Fill(WriteRecordBuilder builder, Recorded wanted, Random random)
    {
        for (int i = random.Next(5); i > 0; i--)
        {
            var labels = Labels.Of($"m{i}", ("ключ", "värde"));
            builder.Define(i, labels);
            ((IWriteRecordSink)wanted).Define(i, labels);
        }
        for (int i = random.Next(30); i > 0; i--)
        {
            long series = random.NextInt64(1, 1L << random.Next(1, 40));
            long time = random.NextInt64(0, 1L << random.Next(1, 45));
            double value = random.NextDouble();
            var note = random.Next(3) == 0 ? new SampleNote(random.Next(2) == 0 ? null : "{}", random.Next(2) == 0 ? null : "", random.Next(2) == 0 ? null : "ms") : null;
            switch (random.Next(5))
            {
                case 3:
                    var labels = Labels.From(new Label("trace_id", $"{random.Next()}"));
                    builder.Exemplar(series, new Exemplar(Labels.Empty, labels, value, time));
                    ((IWriteRecordSink)wanted).Exemplar(series, time, labels, value);
                    break;
                case 4:
                    var metadata = new MetricMetadata($"m{random.Next(5)}", "counter", "", "Ünïcode \U0001F600");
                    builder.Metadata(metadata);
                    ((IWriteRecordSink)wanted).Metadata(metadata);
                    break;

                case 0:
                    builder.Float(series, time, value, note);
                    wanted.Float(series, time, value, note);
                    break;
                case 1:
                    builder.Observation(series, time, value, note);
                    wanted.Observation(series, time, value, note);
                    break;
                default:
                    var histogram = StoreFixture.Histogram(value, 0, -value);
                    builder.Histogram(series, time, HistogramCodec.Encode(histogram));
                    wanted.Histogram(series, time, histogram);
                    break;
            }
        }
    }

    private sealed class Recorded : IWriteRecordSink
    {
        public List<string> Lines { get; } = [];

        public void Define(long series, Labels labels) => Lines.Add($"define {series} {labels}");

        public void Float(long series, long time, double value, SampleNote? note) => Lines.Add($"float {series} {time} {value} {note}");

        public void Observation(long series, long time, double value, SampleNote? note) => Lines.Add($"observation {series} {time} {value} {note}");

        public void Histogram(long series, long time, Histogram value) => Lines.Add($"histogram {series} {time} {StoreModel.Describe(value)}");

        public void Exemplar(long series, long time, Labels labels, double value) => Lines.Add($"exemplar {series} {time} {labels} {value}");

        public void Metadata(MetricMetadata metadata) => Lines.Add($"{metadata}");
    }

    private sealed class Nothing : IWriteRecordSink
    {
        public void Define(long series, Labels labels) { }

        public void Float(long series, long time, double value, SampleNote? note) { }

        public void Observation(long series, long time, double value, SampleNote? note) { }

        public void Histogram(long series, long time, Histogram value) { }

        public void Exemplar(long series, long time, Labels labels, double value) { }

        public void Metadata(MetricMetadata metadata) { }
    }
}
