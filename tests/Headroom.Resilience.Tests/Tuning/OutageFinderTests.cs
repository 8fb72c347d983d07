using FsCheck;
using FsCheck.Fluent;
using Headroom.Resilience.Tuning;

namespace Headroom.Resilience.Tests.Tuning;

public sealed class OutageFinderTests
{
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(60);

    [Fact]
    public void Segments_are_exactly_the_maximal_scoring_ones() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            double share = random.NextDouble();
            bool[] bad = [.. Enumerable.Range(0, random.Next(0, 25)).Select(_ => random.NextDouble() < share)];

            // By the paper's own characterisation: from both ends inwards the score stays positive, and no longer stretch has that.
            var good = new List<(int First, int Last)>();
            for (int first = 0; first < bad.Length; first++)
            {
                for (int last = first; last < bad.Length; last++)
                {
                    if (Positive(bad, first, last)) good.Add((first, last));
                }
            }

            (int, int)[] maximal = [.. good.Where(s => !good.Any(o => o != s && o.First <= s.First && o.Last >= s.Last)).Order()];
            Assert.Equal(maximal, OutageFinder.MaximalSegments(bad, 0, bad.Length).Order());
        }));

    [Fact]
    public void A_healthy_history_has_no_outage() => Assert.Empty(Find(new Traffic(20).Go(3600, failing: 0.02)));

    [Fact]
    public void An_outage_is_found_from_its_first_bad_call_to_its_last()
    {
        List<OutageSpan> outages = Find(new Traffic(20).Go(600).Go(30, failing: 1).Go(600));
        OutageSpan outage = Assert.Single(outages);
        Assert.InRange(TimeSpan.FromTicks(outage.Start).TotalSeconds, 600, 601);
        Assert.InRange(TimeSpan.FromTicks(outage.End).TotalSeconds, 629, 631);
    }

    [Fact]
    public void A_partial_outage_is_one_outage() =>
        Assert.InRange(Assert.Single(Find(new Traffic(50).Go(600).Go(60, failing: 0.8).Go(600))).BadCalls, 2000, 2800);

    [Theory]
    [InlineData(9, 1)]
    [InlineData(40, 100)]
    public void Too_few_or_too_short_failures_are_no_outage(int calls, double perSecond) =>
        Assert.Empty(Find(new Traffic(perSecond).Go(600).FailInARow(calls).Go(600)));

    [Fact]
    public void Two_outages_with_a_healthy_stretch_between_are_two() =>
        Assert.Equal(2, Find(new Traffic(20).Go(600).Go(60, failing: 1).Go(8).Go(60, failing: 1).Go(600)).Count);

    [Fact]
    public void Silence_ends_an_outage() =>
        Assert.Equal(2, Find(new Traffic(20).Go(10).Go(60, failing: 1).Silence(61).Go(60, failing: 1).Go(60)).Count);

    [Fact]
    public void Slow_calls_make_an_outage_too()
    {
        var calls = new List<RecordedCall>();
        for (int i = 0; i < 200; i++)
        {
            calls.Add(new RecordedCall(Traffic.At(i), i is > 100 and < 130 ? RecordedOutcome.Slow : RecordedOutcome.Ok, TimeSpan.Zero));
        }

        var replay = new ReplayCalls(new FailureHistory(calls), s_slow);
        Assert.Single(OutageFinder.Find(replay, 0, replay.Count, new TuningOptions()));
    }

    [Fact]
    public void A_million_noisy_calls_are_searched_in_linear_time()
    {
        bool[] bad = [.. Enumerable.Range(0, 1_000_000).Select(i => i % 97 == 0 || i % 101 == 0)];
        Assert.NotEmpty(OutageFinder.MaximalSegments(bad, 0, bad.Length));
    }

    private static bool Positive(bool[] bad, int first, int last)
    {
        int sum = 0;
        for (int i = first; i <= last; i++)
        {
            sum += bad[i] ? 1 : -1;
            if (sum <= 0) return false;
        }

        sum = 0;
        for (int i = last; i >= first; i--)
        {
            sum += bad[i] ? 1 : -1;
            if (sum <= 0) return false;
        }

        return true;
    }

    private static List<OutageSpan> Find(Traffic traffic)
    {
        var calls = new ReplayCalls(traffic.History(), s_slow);
        return OutageFinder.Find(calls, 0, calls.Count, new TuningOptions());
    }
}
