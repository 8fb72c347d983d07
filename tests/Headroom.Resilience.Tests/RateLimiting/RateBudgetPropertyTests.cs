using FsCheck;
using FsCheck.Fluent;
using Headroom.Resilience.RateLimiting;
using Headroom.TestKit;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class RateBudgetPropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(60);

    [Fact]
    public void No_window_of_time_sees_more_than_burst_plus_rate_times_its_length() =>
        Check.One(s_config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            RateBound[] bounds = Bounds(random);
            List<(long At, int Permits)> grants = Play(random, bounds, out long frequency, out _);

            foreach (RateBound bound in bounds)
            {
                for (int from = 0; from < grants.Count; from++)
                {
                    Int128 sum = 0;
                    for (int to = from; to < grants.Count; to++)
                    {
                        sum += grants[to].Permits;
                        // Permits of the window [from, to] against burst + rate · length, without a division.
                        Int128 over = (sum - bound.Burst) * bound.Per.Ticks * frequency;
                        Int128 refill = (Int128)(grants[to].At - grants[from].At) * bound.Permits * TimeSpan.TicksPerSecond;
                        Assert.True(over <= refill, $"{sum} permits within {grants[to].At - grants[from].At} ticks under {bound}");
                    }
                }
            }
        }));

    [Fact]
    public void Callers_that_always_want_get_exactly_the_configured_rate() =>
        Check.One(s_config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var time = new VirtualTimeProvider();
            var bound = new RateBound(random.Next(2, 50), random.Next(1, 5000), TimeSpan.FromMilliseconds(random.Next(1, 5000)));
            using var budget = new RateBudget("api", new RateBudgetOptions { Bounds = [bound], InitialPermits = 0, QueueLimit = 3_000 }, time);
            var waiting = new Queue<Pending>();
            for (int i = 0; i < 3_000; i++) waiting.Enqueue(new Pending(budget.AcquireAsync(1, CancellationToken.None)));

            long start = time.GetTimestamp();
            for (int second = 0; second < 20; second++)
            {
                time.Advance(TimeSpan.FromTicks(random.NextInt64(1, bound.Per.Ticks)));
                while (waiting.TryPeek(out Pending? next) && next.Done) Assert.True(waiting.Dequeue().Granted);

                Int128 exact = (Int128)(time.GetTimestamp() - start) * bound.Permits * TimeSpan.TicksPerSecond / ((Int128)bound.Per.Ticks * time.TimestampFrequency);
                Assert.Equal((long)Int128.Min(exact, 3_000), 3_000 - waiting.Count);
            }
        }));

    [Fact]
    public void Callers_are_served_in_the_order_they_came_whatever_they_ask_and_whoever_gives_up() =>
        Check.One(s_config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            Play(random, Bounds(random), out _, out List<int> order);
            Assert.Equal(order.Order(), order);
        }));

    [Fact]
    public void Every_caller_that_stays_is_served_in_the_end() =>
        Check.One(s_config, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var time = new VirtualTimeProvider();
            using var budget = new RateBudget("api", new RateBudgetOptions { Bounds = Bounds(random), InitialPermits = 0 }, time);
            int most = budget.Options.Bounds.Min(bound => bound.Burst);
            int total = 0;
            var waiting = new List<Pending>();
            for (int i = 0; i < 50; i++)
            {
                int permits = random.Next(1, most + 1);
                total += permits;
                waiting.Add(new Pending(budget.AcquireAsync(permits, CancellationToken.None)));
            }

            double slowest = budget.Options.Bounds.Max(bound => total / bound.PermitsPerSecond);
            time.Advance(TimeSpan.FromSeconds(slowest) + TimeSpan.FromMilliseconds(1));

            Assert.All(waiting, call => Assert.True(call.Granted));
        }));

    private static RateBound[] Bounds(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            new RateBound(random.Next(1, 20), random.Next(1, 100), TimeSpan.FromMilliseconds(random.Next(1, 3000))))];

    // Plays random callers (some attempt, some wait, some give up) and returns what was granted when, and in which order.
    private static List<(long At, int Permits)> Play(Random random, RateBound[] bounds, out long frequency, out List<int> order)
    {
        var time = new TimerWatch();
        frequency = time.TimestampFrequency;
        using var budget = new RateBudget("api", new RateBudgetOptions { Bounds = bounds }, time);
        int most = bounds.Min(bound => bound.Burst);
        double slowest = bounds.Min(bound => bound.PermitsPerSecond);
        var grants = new List<(long At, int Permits)>();
        var served = new List<int>();
        order = served;
        var waiting = new List<(int Number, int Permits, Pending Call, CancellationTokenSource Cancel)>();
        time.Fired += Collect;
        for (int step = 0; step < 150; step++)
        {
            int permits = random.Next(1, most + 1);
            switch (random.Next(5))
            {
                case 0 when budget.AttemptAcquire(permits).IsAcquired:
                    grants.Add((time.GetTimestamp(), permits));
                    break;
                case 1 or 2:
                    var cancel = new CancellationTokenSource();
                    waiting.Add((step, permits, new Pending(budget.AcquireAsync(permits, cancel.Token)), cancel));
                    break;
                case 3 when waiting.Count > 0:
                    waiting[random.Next(waiting.Count)].Cancel.Cancel();
                    break;
                default:
                    time.Advance(TimeSpan.FromSeconds(random.NextDouble() * 2 / slowest));
                    break;
            }

            Collect();
        }

        return grants;

        void Collect()
        {
            for (int i = 0; i < waiting.Count;)
            {
                if (!waiting[i].Call.Done)
                {
                    i++;
                    continue;
                }

                if (waiting[i].Call.Completed)
                {
                    Assert.True(waiting[i].Call.Granted);
                    served.Add(waiting[i].Number);
                    grants.Add((time.GetTimestamp(), waiting[i].Permits));
                }

                waiting.RemoveAt(i);
            }
        }
    }
}
