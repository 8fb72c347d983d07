using Headroom.Resilience.CircuitBreaking;

namespace Headroom.Resilience.Tuning;

/// <summary>
/// Chooses circuit-breaker options from recorded calls: fewest false openings among those that detect outages, and
/// only if the choice also does better on parts of the history it was not made on.
/// </summary>
public static class CircuitBreakerTuner
{
    /// <summary>Calls a history needs in each block before tuning says anything.</summary>
    public const int MinimumCallsPerBlock = 100;

    /// <summary>Tunes.</summary>
    /// <param name="history">Recorded calls.</param>
    /// <param name="current">The options in use; the defaults when null.</param>
    /// <param name="options">What to look for; the defaults when null.</param>
    /// <param name="progress">Told how many candidates have been played, of how many.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">
    /// Options are not valid, or the history is shorter than <see cref="MinimumCallsPerBlock"/> calls per block.
    /// </exception>
    public static TuningReport Tune(FailureHistory history, AdaptiveCircuitBreakerOptions? current = null,
        TuningOptions? options = null, IProgress<(int Done, int Of)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(history);
        current ??= new AdaptiveCircuitBreakerOptions();
        options ??= new TuningOptions();
        Validate(history, current, options);

        // 1. Outages by hindsight, then blocks that cut none of them, then planted outages.
        var calls = new ReplayCalls(history, current.SlowCallDuration);
        List<OutageSpan> outages = OutageFinder.Find(calls, 0, calls.Count, options);
        List<Block> blocks = TuningBlocks.Cut(calls, outages, options);

        // 2. Every candidate on every block.
        List<AdaptiveCircuitBreakerOptions> candidates =
            [.. new[] { current }.Concat(options.Candidates ?? CandidateGrid.Around(current)).Distinct()];
        var counts = new ReplayCounts[candidates.Count][];
        int done = 0;
        Parallel.For(0, candidates.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                counts[i] = [.. blocks.Select(block => block.Play(candidates[i]))];
                progress?.Report((Interlocked.Increment(ref done), candidates.Count));
            });

        // 3. The choice on everything, and the choice without each block judged on that block.
        int best = Choose(candidates, [.. counts.Select(c => Sum(c))], options);
        var folds = new List<TuningFold>();
        ReplayCounts tuned = default;
        ReplayCounts kept = default;
        for (int held = 0; held < blocks.Count; held++)
        {
            int chosen = Choose(candidates, [.. counts.Select(c => Sum(c, except: held))], options);
            tuned += counts[chosen][held];
            kept += counts[0][held];
            folds.Add(new TuningFold(held + 1, blocks[held].From, blocks[held].To, blocks[held].Calls, candidates[chosen],
                Score(counts[chosen][held]), Score(counts[0][held])));
        }

        (bool change, string reason) = Decide(best, Score(kept), Score(tuned), Score(Sum(counts[0])), options);
        return new TuningReport
        {
            Recommended = change ? candidates[best] : current,
            Changed = change,
            Reason = reason,
            Calls = calls.Count,
            Outages = [.. outages.Select(outage => ToOutage(calls, outage))],
            PlantedOutages = blocks.Sum(block => block.Planted),
            Current = new TuningCandidate(current, Score(Sum(counts[0]))),
            Best = new TuningCandidate(candidates[best], Score(Sum(counts[best]))),
            CurrentHeldOut = Score(kept),
            TunedHeldOut = Score(tuned),
            Folds = folds,
            TradeOffs = TradeOffs(candidates, counts),
        };
    }

    // Fewest false openings among those that detect enough. Counts within one standard error of the fewest (the root of a
    // Poisson count) are the same number for all we know; among them the one that sees an outage soonest, then the one
    // that refuses the fewest good calls, then the one nearest to the current options is taken.
    private static int Choose(List<AdaptiveCircuitBreakerOptions> candidates, ReplayCounts[] totals, TuningOptions options)
    {
        double reachable = Math.Min(options.MinimumDetection, totals.Max(total => Score(total).Detection));
        int[] enough = [.. Enumerable.Range(0, totals.Length).Where(i => Score(totals[i]).Detection >= reachable)];
        int fewest = enough.Min(i => totals[i].FalseOpenings);
        double same = fewest + Math.Sqrt(fewest);
        return enough.Where(i => totals[i].FalseOpenings <= same)
            .OrderBy(i => Math.Round(totals[i].ExposedSeconds, 3))
            .ThenBy(i => totals[i].RefusedGood)
            .ThenBy(i => Distance(candidates[i], candidates[0]))
            .ThenBy(i => i)
            .First();
    }

    private static (bool Change, string Reason) Decide(int best, TuningScore kept, TuningScore tuned, TuningScore current, TuningOptions options)
    {
        if (best == 0) return (false, "The current options are the best of those compared.");
        bool detects = tuned.Detection >= Math.Min(options.MinimumDetection, kept.Detection);
        if (!detects)
        {
            return (false, FormattableString.Invariant(
                $"Kept: on parts of the history they were not chosen on, tuned options detected {tuned.Detection:P0} of outages, the current ones {kept.Detection:P0}."));
        }

        bool misses = current.Detection < options.MinimumDetection && tuned.Detection > kept.Detection;
        if (misses)
        {
            return (true, FormattableString.Invariant(
                $"Changed: the current options detect {kept.Detection:P0} of outages in time, tuned ones {tuned.Detection:P0} on parts of the history they were not chosen on, with {tuned.FalseOpenings} false openings against {kept.FalseOpenings}."));
        }

        return tuned.FalseOpenings < kept.FalseOpenings
            ? (true, FormattableString.Invariant(
                $"Changed: on parts of the history they were not chosen on, tuned options opened falsely {tuned.FalseOpenings} times instead of {kept.FalseOpenings}, and detected {tuned.Detection:P0} of outages."))
            : (false, FormattableString.Invariant(
                $"Kept: on parts of the history they were not chosen on, tuned options opened falsely {tuned.FalseOpenings} times, the current ones {kept.FalseOpenings}; tuning would not help."));
    }

    private static List<TuningCandidate> TradeOffs(List<AdaptiveCircuitBreakerOptions> candidates, ReplayCounts[][] counts)
    {
        TuningCandidate[] all = [.. candidates.Select((options, i) => new TuningCandidate(options, Score(Sum(counts[i]))))];
        return [.. all.Where(one => !all.Any(other => Beats(other.Score, one.Score)))
            .DistinctBy(one => one.Score)
            .OrderBy(one => one.Score.FalseOpenings)
            .ThenByDescending(one => one.Score.Detection)
            .ThenBy(one => one.Score.MeanSecondsToDetect)
            .Take(20)];
    }

    private static bool Beats(TuningScore a, TuningScore b) =>
        a.FalseOpenings <= b.FalseOpenings && a.Detected >= b.Detected && a.RefusedGoodCalls <= b.RefusedGoodCalls
        && a.MeanSecondsToDetect <= b.MeanSecondsToDetect
        && (a.FalseOpenings < b.FalseOpenings || a.Detected > b.Detected || a.RefusedGoodCalls < b.RefusedGoodCalls
            || a.MeanSecondsToDetect < b.MeanSecondsToDetect);

    private static ReplayCounts Sum(ReplayCounts[] blocks, int except = -1)
    {
        ReplayCounts sum = default;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (i != except) sum += blocks[i];
        }

        return sum;
    }

    private static TuningScore Score(ReplayCounts counts) => new(counts.Openings, counts.FalseOpenings, counts.RefusedGood,
        counts.Outages, counts.Detected, counts.Outages == 0 ? 0 : Math.Round(counts.ExposedSeconds / counts.Outages, 3));

    // Steps away from the current options, each option counted in its own proportion.
    private static double Distance(AdaptiveCircuitBreakerOptions a, AdaptiveCircuitBreakerOptions b) =>
        Apart(a.LowTrafficFailures, b.LowTrafficFailures) + Apart(a.NormalTrafficFailures, b.NormalTrafficFailures)
        + Apart(a.HighTrafficFailures, b.HighTrafficFailures) + Apart(a.FailureRatio, b.FailureRatio)
        + Apart(a.MinimumCalls, b.MinimumCalls) + Apart(a.BreakDuration.TotalSeconds, b.BreakDuration.TotalSeconds);

    private static double Apart(double a, double b) => Math.Abs(Math.Log(a / b));

    private static Outage ToOutage(ReplayCalls calls, OutageSpan span) => new(
        calls.Origin.AddTicks(span.Start), calls.Origin.AddTicks(span.End), span.BadCalls, span.Last - span.First + 1);

    private static void Validate(FailureHistory history, AdaptiveCircuitBreakerOptions current, TuningOptions options)
    {
        List<string> errors = [.. options.Errors(), .. current.Errors(), .. (options.Candidates ?? []).SelectMany(candidate => candidate.Errors())];
        if (errors.Count == 0 && history.Calls.Count < options.Blocks * MinimumCallsPerBlock)
        {
            errors.Add($"The history holds {history.Calls.Count} calls; tuning over {options.Blocks} blocks needs {options.Blocks * MinimumCallsPerBlock}.");
        }

        if (errors.Count > 0) throw new ArgumentException(string.Join(" ", errors));
    }
}
