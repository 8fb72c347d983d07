using Google.Protobuf;
using Headroom.Metrics.Ingest.RemoteWrite;

namespace Headroom.Metrics.Tests.Ingest.RemoteWrite;

/// <summary>
/// Thousands of messages that are nearly right, read by our reader and by generated code: whatever generated code refuses
/// is refused here, and what it reads is what is kept here or counted as invalid.
/// </summary>
public sealed class RemoteWriteOracleTests
{
    private const int Rounds = 8000;
    private const long MostBytesAllocated = 8 * 1024 * 1024;

    [Fact]
    public void Messages_of_1_0_read_as_generated_code_reads_them()
    {
        var receiver = Writes.Receiver();
        foreach (byte[] bytes in Inputs("remote-write-v1", 301))
        {
            var got = Bounded(receiver, RemoteWriteVersion.V1, bytes);
            V1.WriteRequest? expected = null;
            try
            {
                expected = V1.WriteRequest.Parser.ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException)
            {
            }
            if (expected is null)
            {
                // What is wrong inside a series that is left out anyway is not looked for here.
                Assert.True(got.Refusal is not null || got.Invalid > 0, Convert.ToHexString(bytes));
                continue;
            }
            if (got.Refusal is not null) continue;
            Assert.True(got.Samples.Count <= expected.Timeseries.Sum(s => s.Samples.Count));
            if (got.Invalid > 0) continue;
            var samples = expected.Timeseries.SelectMany(s => s.Samples.Select(x => (Series: Text(s.Labels.Select(l => (l.Name, l.Value))), x.Timestamp, Bits: BitConverter.DoubleToInt64Bits(x.Value))));
            Assert.Equal(samples, got.Samples.Select(s => (Series: Text(s.Labels.Select(l => (l.Name, l.Value))), s.Time, BitConverter.DoubleToInt64Bits(s.Value))));
            Assert.Equal(expected.Timeseries.Sum(s => s.Histograms.Count), got.Histograms.Count);
        }
    }

    [Fact]
    public void Messages_of_2_0_read_as_generated_code_reads_them()
    {
        var receiver = Writes.Receiver();
        foreach (byte[] bytes in Inputs("remote-write-v2", 302))
        {
            var got = Bounded(receiver, RemoteWriteVersion.V2, bytes);
            V2.Request? expected = null;
            try
            {
                expected = V2.Request.Parser.ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException)
            {
            }
            if (expected is null || got.Refusal is not null || got.Invalid > 0) continue;
            var samples = expected.Timeseries.SelectMany(s => s.Samples.Select(x => (Series: Text(Pairs(expected, s.LabelsRefs)), x.Timestamp, Bits: BitConverter.DoubleToInt64Bits(x.Value))));
            Assert.Equal(samples, got.Samples.Select(s => (Series: Text(s.Labels.Select(l => (l.Name, l.Value))), s.Time, BitConverter.DoubleToInt64Bits(s.Value))));
            Assert.Equal(expected.Timeseries.Sum(s => s.Histograms.Count), got.Histograms.Count);
        }
    }

    private static Writes.Outcome Bounded(RemoteWriteReceiver receiver, RemoteWriteVersion version, byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var got = receiver.ReadBytes(version, bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytesAllocated);
        return got;
    }

    private static IEnumerable<(string, string)> Pairs(V2.Request request, IList<uint> refs)
    {
        for (int i = 0; i + 1 < refs.Count; i += 2) yield return (request.Symbols[(int)refs[i]], request.Symbols[(int)refs[i + 1]]);
    }

    private static string Text(IEnumerable<(string Name, string Value)> labels) =>
        string.Join(",", labels.Where(l => l.Value.Length > 0).OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => $"{l.Name}={l.Value}"));

    private static IEnumerable<byte[]> Inputs(string folder, int seed)
    {
        var mutations = new Mutations(folder, seed, "\n", "\u0012", "\u001A", "\"", "*", "\u0080", "\u0000", "__name__", "\t\u0000");
        foreach (byte[] original in mutations.Originals) yield return original;
        for (int round = 0; round < Rounds; round++) yield return mutations.Next();
    }
}
