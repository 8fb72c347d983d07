using FsCheck;
using FsCheck.Fluent;
using Headroom.Resilience.Retry;

namespace Headroom.Resilience.Tests.Retry;

public sealed class BackoffTests
{
    [Fact]
    public void The_default_doubles_from_one_second_to_thirty()
    {
        var backoff = new Backoff();
        double[] seconds = [.. Enumerable.Range(0, 8).Select(retry => backoff.Delay(retry, 0).TotalSeconds)];
        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], seconds);
    }

    [Fact]
    public void Jitter_adds_at_most_its_share_and_takes_nothing_away() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var backoff = new Backoff
            {
                FirstDelay = TimeSpan.FromMilliseconds(random.Next(0, 5000)),
                MaxDelay = TimeSpan.FromMilliseconds(random.Next(5000, 100_000)),
                Jitter = random.NextDouble(),
            };
            int retry = random.Next(0, 2000);
            TimeSpan plain = backoff.Delay(retry, 0);
            Assert.InRange(plain, TimeSpan.Zero, backoff.MaxDelay);
            Assert.InRange(backoff.Delay(retry, random.NextDouble()), plain, plain * (1 + backoff.Jitter));
        }));
}
