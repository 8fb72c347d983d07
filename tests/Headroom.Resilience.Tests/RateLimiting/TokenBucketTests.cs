using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Headroom.Resilience.RateLimiting;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class TokenBucketTests
{
    private static readonly long[] s_frequencies = [1, 1000, 3_579_545, 10_000_000, 24_000_000, 1_000_000_000];

    [Fact]
    public void A_new_bucket_holds_its_burst_and_not_one_more()
    {
        var bucket = new TokenBucket(RateBound.PerSecond(3, 1), 1000, 0);

        Assert.True(bucket.TryTake(1, 0));
        Assert.True(bucket.TryTake(2, 0));
        Assert.False(bucket.TryTake(1, 0));
    }

    [Fact]
    public void A_permit_returns_exactly_when_the_rate_says_and_not_a_tick_before()
    {
        var bucket = new TokenBucket(RateBound.PerSecond(1, 3), 1_000_000_000, 0, initialPermits: 0);

        Assert.Equal(333_333_334, bucket.TicksUntil(1, 0));
        Assert.False(bucket.TryTake(1, 333_333_333));
        Assert.True(bucket.TryTake(1, 333_333_334));
    }

    [Fact]
    public void A_third_of_a_permit_is_not_lost_between_questions()
    {
        var bucket = new TokenBucket(RateBound.PerSecond(10, 3), 1_000_000_000, 0, initialPermits: 0);
        for (long now = 1; now <= 1_000_000_000; now += 999_983) bucket.Available(now);

        Assert.Equal(3, bucket.Available(1_000_000_000));
    }

    [Fact]
    public void A_clock_that_steps_back_neither_refills_nor_loses()
    {
        var bucket = new TokenBucket(RateBound.PerSecond(10, 10), 1000, 5000, initialPermits: 0);
        Assert.Equal(1, bucket.Available(5100));

        Assert.Equal(1, bucket.Available(4000));
        Assert.Equal(1200, bucket.TicksUntil(2, 4000));
        Assert.Equal(2, bucket.Available(5200));
    }

    [Fact]
    public void Ten_years_of_silence_fill_the_bucket_and_overflow_nothing()
    {
        var bucket = new TokenBucket(RateBound.PerSecond(int.MaxValue, 999_999_937), 1_000_000_000, 0, initialPermits: 0);

        Assert.Equal(int.MaxValue, bucket.Available(10L * 365 * 86400 * 1_000_000_000));
    }

    [Fact]
    public void A_changed_bound_keeps_what_was_saved_and_cuts_it_to_the_new_burst()
    {
        var bucket = new TokenBucket(RateBound.PerSecond(100, 10), 1000, 0, initialPermits: 50);
        bucket.Change(RateBound.PerSecond(200, 1), 50);
        Assert.Equal(50, bucket.Available(50));
        Assert.Equal(51, bucket.Available(50 + 500));

        bucket.Change(RateBound.PerSecond(7, 1), 550);
        Assert.Equal(7, bucket.Available(550));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 172800)]
    public void A_bound_that_means_nothing_is_refused(int burst, long permits, int seconds) =>
        Assert.Throws<ArgumentException>(() =>
            new TokenBucket(new RateBound(burst, permits, TimeSpan.FromSeconds(seconds)), 1000, 0));

    [Fact]
    public void A_decimal_rate_is_exact()
    {
        Assert.Equal(new RateBound(1, 1, TimeSpan.FromSeconds(10)), RateBound.PerSecond(1, 0.1m));
        Assert.Equal(new RateBound(1, 25, TimeSpan.FromSeconds(10)), RateBound.PerSecond(1, 2.50m));
        Assert.Equal(new RateBound(1, 7, TimeSpan.FromSeconds(1)), RateBound.PerSecond(1, 7m));
        Assert.Throws<ArgumentOutOfRangeException>(() => RateBound.PerSecond(1, 0.00001m));
    }

    [Fact]
    public void The_bucket_agrees_with_exact_fractions_on_any_bound_clock_and_sequence() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var bound = new RateBound(random.Next(1, 1000), random.NextInt64(1, 1 << random.Next(1, 30)), TimeSpan.FromTicks(random.NextInt64(1, TimeSpan.TicksPerHour)));
            long frequency = s_frequencies[random.Next(s_frequencies.Length)];
            long now = random.NextInt64(0, 1L << 40);
            int start = random.Next(0, bound.Burst + 1);
            var bucket = new TokenBucket(bound, frequency, now, start);
            // Permits as the fraction level / cost, refilled by gain per tick.
            BigInteger gain = (BigInteger)bound.Permits * TimeSpan.TicksPerSecond;
            BigInteger cost = (BigInteger)bound.Per.Ticks * frequency;
            BigInteger level = start * cost;

            for (int step = 0; step < 200; step++)
            {
                long elapsed = random.NextInt64(0, Math.Max(2, frequency >> random.Next(0, 30)));
                now += elapsed;
                level = BigInteger.Min(bound.Burst * cost, level + (elapsed * gain));
                int want = random.Next(0, bound.Burst + 1);
                BigInteger missing = (want * cost) - level;
                BigInteger wait = missing <= 0 ? 0 : (missing + gain - 1) / gain;
                Assert.Equal(BigInteger.Min(wait, long.MaxValue), bucket.TicksUntil(want, now));
                bool takes = level >= want * cost;
                Assert.Equal(takes, bucket.TryTake(want, now));
                if (takes) level -= want * cost;
                Assert.Equal(level / cost, bucket.Available(now));
            }
        }));
}
