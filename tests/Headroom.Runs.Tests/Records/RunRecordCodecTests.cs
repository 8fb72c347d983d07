using System.Buffers;

namespace Headroom.Runs.Tests.Records;

public sealed class RunRecordCodecTests
{
    private static byte[] Write(RunRecord record, long utc = 1_767_225_600_000)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RunRecordCodec.Write(buffer, record, utc);
        return buffer.WrittenSpan.ToArray();
    }

    private static RunRecord Any(Random random) => new()
    {
        Type = (RunRecordType)random.Next(1, 12),
        Step = random.Next(-1, 100_000),
        Attempt = random.Next(1000),
        Code = (byte)random.Next(256),
        At = TimeSpan.FromTicks(random.NextInt64(1L << random.Next(1, 62))),
        Text = random.Next(2) == 0 ? null : new string((char)random.Next(32, 0x2fff), random.Next(200)),
        Output = random.Next(2) == 0 ? null : new string('o', random.Next(StepResult.MaxOutput)),
    };

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            var record = Any(random);
            Assert.True(RunRecordCodec.TryRead((byte)record.Type, 7, Write(record, i), out var read));
            Assert.Equal(record with { UtcMilliseconds = i, Epoch = 7 }, read);
        }
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_throw()
    {
        var random = new Random(2);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = random.Next(2) == 0 ? new byte[random.Next(40)] : [.. Write(Any(random)).Take(random.Next(1, 60))];
            if (random.Next(2) == 0) random.NextBytes(bytes);
            RunRecordCodec.TryRead((byte)random.Next(256), 1, bytes, out _);
        }
    }

    [Fact]
    public void A_long_text_is_cut_and_says_so()
    {
        RunRecordCodec.TryRead((byte)RunRecordType.Outcome, 1, Write(new RunRecord { Type = RunRecordType.Outcome, Text = new string('x', 5000) }), out var read);
        Assert.Equal(RunRecordCodec.MaxText + " … (cut)".Length, read.Text!.Length);
        Assert.EndsWith("(cut)", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_form_on_disk_is_the_golden_one()
    {
        // Written by version 1. If this fails, runs that were begun before can no longer be taken up.
        var record = new RunRecord { Type = RunRecordType.Outcome, Step = 300, Attempt = 2, Code = 1, At = TimeSpan.FromSeconds(1.5), Text = "é", Output = "arn" };
        Assert.Equal("ad020201c0c3930780d0eab6b73303c3a90461726e", Convert.ToHexStringLower(Write(record)));
    }
}
