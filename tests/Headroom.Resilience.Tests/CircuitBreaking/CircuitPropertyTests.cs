using FsCheck;
using FsCheck.Fluent;
using Headroom.Resilience.CircuitBreaking;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.Tests.CircuitBreaking;

public sealed class CircuitPropertyTests
{
    private const long Millisecond = 1;

    [Fact]
    public void Whatever_happened_before_a_healthy_dependency_is_in_use_again_within_sixty_seconds() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var circuit = new CircuitStateMachine(new AdaptiveCircuitBreakerOptions(), 1000, random.NextDouble);
            long now = Chaos(circuit, random, 300);

            // From here on everything succeeds within a second, and somebody calls at least every three seconds.
            long healthy = now;
            while (circuit.State != CircuitState.Closed)
            {
                if (circuit.TryEnter(now, out CircuitTicket ticket, out _))
                {
                    now += random.Next(0, 1000) * Millisecond;
                    circuit.Record(ticket, CallOutcome.Success, now);
                }

                now += random.Next(1, 3000) * Millisecond;
                Assert.True(now - healthy < 60_000, $"Still {circuit.State} {(now - healthy) / 1000.0} s after the dependency came back.");
            }
        }));

    [Fact]
    public void It_never_lets_more_probes_through_than_allowed_nor_any_before_the_break_is_over() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var options = new AdaptiveCircuitBreakerOptions { MaxProbes = random.Next(1, 4), SuccessThreshold = random.Next(1, 5) };
            var circuit = new CircuitStateMachine(options, 1000, random.NextDouble);
            var flying = new List<CircuitTicket>();
            long now = 0;
            long openUntil = 0;
            long last = 0;
            for (int i = 0; i < 500; i++)
            {
                now += random.Next(0, 3) switch { 0 => 1, 1 => random.Next(0, 200), _ => random.Next(0, 4000) };
                if (random.Next(2) == 0)
                {
                    CircuitState before = circuit.State;
                    bool entered = circuit.TryEnter(now, out CircuitTicket ticket, out CircuitTransition? change);
                    Follow(change);
                    if (before == CircuitState.Open && entered) Assert.True(now >= openUntil);
                    if (before == CircuitState.Closed) Assert.True(entered);
                    if (entered) flying.Add(ticket);
                }
                else if (flying.Count > 0)
                {
                    int which = random.Next(flying.Count);
                    Follow(circuit.Record(flying[which], (CallOutcome)random.Next(3), now));
                    flying.RemoveAt(which);
                }

                if (circuit.State == CircuitState.HalfOpen)
                    Assert.InRange(flying.Count(ticket => ticket.Generation == circuit.Generation), 0, Math.Min(options.MaxProbes, options.SuccessThreshold));
            }

            void Follow(CircuitTransition? change)
            {
                if (change is not { } made) return;
                Assert.Equal(++last, made.Number);
                Assert.Contains((made.From, made.To), new[]
                {
                    (CircuitState.Closed, CircuitState.Open), (CircuitState.Open, CircuitState.HalfOpen),
                    (CircuitState.HalfOpen, CircuitState.Open), (CircuitState.HalfOpen, CircuitState.Closed),
                });
                Assert.InRange(made.Break, TimeSpan.Zero, options.MaxBreakDuration);
                if (made.To == CircuitState.Open)
                {
                    Assert.InRange(made.Break, options.BreakDuration * (1 - options.BreakJitter), options.MaxBreakDuration);
                    openUntil = now + (long)made.Break.TotalMilliseconds;
                }
            }
        }));

    [Fact]
    public void The_window_counts_what_happened_in_nine_to_ten_tenths_of_its_length() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var counts = new SlidingCounts(10_000);
            var all = new List<long>();
            long now = random.NextInt64(-1_000_000, 1_000_000);
            for (int i = 0; i < 400; i++)
            {
                now += random.Next(10) == 0 ? random.Next(0, 15_000) : random.Next(0, 300);
                counts.Advance(now);
                counts.Add(0);
                all.Add(now);
                Assert.InRange(counts[0], all.Count(t => now - t < 9000), all.Count(t => now - t <= 10_000));
                Assert.InRange(counts.Span(now), 0, 10_000);
            }
        }));

    private static long Chaos(CircuitStateMachine circuit, Random random, int events)
    {
        long now = 0;
        for (int i = 0; i < events; i++)
        {
            now += random.Next(0, 2000);
            if (!circuit.TryEnter(now, out CircuitTicket ticket, out _)) continue;
            // Some calls never return.
            if (random.Next(10) == 0) continue;
            circuit.Record(ticket, random.Next(4) == 0 ? CallOutcome.Success : CallOutcome.Failure, now + random.Next(0, 500));
        }

        return now;
    }
}
