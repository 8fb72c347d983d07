using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.Blocks;

public sealed class CompactionTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("1 1 1", 0, 0)]
    [InlineData("1 1 1 1", 0, 4)]
    [InlineData("4 1 1 1 1", 0, 5)]
    [InlineData("9 1 1 1 1", 1, 4)]
    [InlineData("9 4 1 1", 0, 0)]
    [InlineData("1000 5 1000 5 1000 5", 0, 5)]
    [InlineData("1 1 1 1 100", 0, 5)]
    public void Blocks_are_merged_when_as_much_came_after_them(string weights, int start, int count)
    {
        long[] all = [.. weights.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        Assert.Equal((start, count), Compaction.Pick(all, least: 4, most: 10_000));
    }

    [Fact]
    public void A_merge_never_grows_beyond_the_limit() =>
        Assert.Equal((1, 4), Compaction.Pick([10, 10, 10, 10, 10], least: 4, most: 40));

    [Fact]
    public void Ten_thousand_flushes_leave_few_blocks_and_rewrite_each_sample_a_few_times()
    {
        var random = new Random(41);
        var blocks = new List<long>();
        long written = 0;
        long rewritten = 0;
        for (int flush = 0; flush < 10_000; flush++)
        {
            long size = random.Next(10) == 0 ? random.Next(1, 1000) : 100;
            blocks.Add(size);
            written += size;
            while (Compaction.Pick(blocks, least: 4, most: long.MaxValue) is var (start, count) && count > 0)
            {
                long merged = blocks.Skip(start).Take(count).Sum();
                rewritten += merged;
                blocks.RemoveRange(start, count);
                blocks.Insert(start, merged);
            }
            Assert.InRange(blocks.Count, 1, 40);
        }
        Assert.InRange((double)rewritten / written, 1, 14);
    }
}
