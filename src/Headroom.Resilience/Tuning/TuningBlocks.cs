using Headroom.Resilience.CircuitBreaking;

namespace Headroom.Resilience.Tuning;

/// <summary>One part of a history: as it was recorded, and with outages planted.</summary>
internal sealed class Block(ReplayCalls calls, int from, int to, HistoryReplay recorded, HistoryReplay? withPlanted, int planted)
{
    public DateTimeOffset From => calls.Origin.AddTicks(calls.Starts[from]);

    public DateTimeOffset To => calls.Origin.AddTicks(calls.Starts[to - 1]);

    public int Calls => to - from;

    public int Planted => planted;

    /// <summary>Openings count on the record as it is; detection counts on the record and on the planted outages.</summary>
    public ReplayCounts Play(AdaptiveCircuitBreakerOptions options)
    {
        ReplayCounts plain = recorded.Play(options);
        if (withPlanted is null) return plain;
        ReplayCounts detection = withPlanted.Play(options);
        return plain with
        {
            Outages = plain.Outages + detection.Outages,
            Detected = plain.Detected + detection.Detected,
            ExposedSeconds = plain.ExposedSeconds + detection.ExposedSeconds,
        };
    }
}

/// <summary>Cuts a history into blocks of equal numbers of calls, moving a cut that would split an outage to its end.</summary>
internal static class TuningBlocks
{
    public static List<Block> Cut(ReplayCalls calls, List<OutageSpan> outages, TuningOptions options)
    {
        var random = new Random(options.Seed);
        bool[] failed = [.. calls.Failed];
        var parts = new List<(int From, int To, List<OutageSpan> Recorded, List<(int First, int Last)> Planted)>();
        int from = 0;
        for (int block = 1; block <= options.Blocks; block++)
        {
            int to = block == options.Blocks ? calls.Count : Math.Max(from, (int)((long)calls.Count * block / options.Blocks));
            foreach (OutageSpan outage in outages)
            {
                if (outage.First < to && outage.Last >= to) to = outage.Last + 1;
            }

            if (to <= from) continue;
            List<OutageSpan> recorded = [.. outages.Where(outage => outage.First >= from && outage.First < to)];
            // An even share, the remainder to the first blocks.
            int wanted = (options.PlantedOutages / options.Blocks) + (block <= options.PlantedOutages % options.Blocks ? 1 : 0);
            parts.Add((from, to, recorded, OutagePlanter.Plant(calls, from, to, recorded, wanted, failed, options, random)));
            from = to;
        }

        ReplayCalls changed = calls.WithFailures(failed);
        return [.. parts.Select(part => Build(calls, changed, part.From, part.To, part.Recorded, part.Planted, options))];
    }

    private static Block Build(ReplayCalls calls, ReplayCalls changed, int from, int to, List<OutageSpan> recorded,
        List<(int First, int Last)> planted, TuningOptions options)
    {
        var spans = new List<OutageSpan>();
        foreach ((int first, int last) in planted) OutageFinder.Add(changed, first, last, options, spans);
        return new Block(calls, from, to, new HistoryReplay(calls, from, to, recorded),
            spans.Count == 0 ? null : new HistoryReplay(changed, from, to, spans), spans.Count);
    }
}
