using Google.Protobuf;
using Headroom.Metrics.Ingest.RemoteWrite;

namespace Headroom.Metrics.Tests.Ingest.RemoteWrite;

/// <summary>Requests as Prometheus sends them, again and again: the second costs nothing, decompression included.</summary>
public sealed class RemoteWriteAllocationTests
{
    private const int Series = 2000;

    [Theory]
    [InlineData(RemoteWriteVersion.V1)]
    [InlineData(RemoteWriteVersion.V2)]
    public void Samples_of_known_series_allocate_nothing(RemoteWriteVersion version)
    {
        var receiver = new RemoteWriteReceiver(new RemoteWriteOptions());
        byte[][] requests = [.. Enumerable.Range(0, 20).Select(round => IronSnappy.Snappy.Encode(version == RemoteWriteVersion.V1 ? MessageV1(round) : MessageV2(round)))];
        byte[] memory = new byte[4 << 20];
        int kept = 0;
        void Receive(byte[] compressed)
        {
            int length = receiver.DecodedLength(compressed);
            RemoteWriteReceiver.Decode(compressed, memory.AsSpan(0, length));
            var batch = receiver.Read(version, memory.AsMemory(0, length));
            kept += batch.Samples.Samples.Count;
            receiver.Return(batch);
        }
        foreach (byte[] request in requests) Receive(request);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] request in requests) Receive(request);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * requests.Length * Series, kept);
    }

    private static byte[] MessageV1(int round) => Writes.RequestV1([.. Enumerable.Range(0, Series).Select(i =>
        Writes.SeriesV1(("__name__", "node_cpu_seconds_total"), ("cpu", $"{i % 64}"), ("instance", $"host-{i / 64}:9100"), ("job", "node"), ("mode", "idle"))
            .With((Writes.Now + round * 15_000, round * i)))]).ToByteArray();

    private static byte[] MessageV2(int round)
    {
        var write = new Writes.BuilderV2();
        for (int i = 0; i < Series; i++)
        {
            var series = write.Series(("__name__", "node_cpu_seconds_total"), ("cpu", $"{i % 64}"), ("instance", $"host-{i / 64}:9100"), ("job", "node"), ("mode", "idle"));
            series.Samples.Add(new V2.Sample { Timestamp = Writes.Now + round * 15_000, Value = i, StartTimestamp = Writes.Now - 5000 });
            series.Metadata = new V2.Metadata { Type = 1, HelpRef = write.Ref("Seconds the CPUs spent in each mode."), UnitRef = write.Ref("seconds") };
        }
        return write.Request.ToByteArray();
    }
}
