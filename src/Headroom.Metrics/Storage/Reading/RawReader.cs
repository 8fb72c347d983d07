namespace Headroom.Metrics.Storage;

/// <summary>Reads raw samples of many series, newest first, decoding only what a page needs.</summary>
internal static class RawReader
{
    public static RawPage Read(IEnumerable<SeriesSnapshot> series, long from, long to, int limit, RawCursor? after)
    {
        var queue = new PriorityQueue<IEnumerator<(RawCursor Place, RawSample Sample)>, RawCursor>();
        foreach (var one in series) Advance(queue, new BackwardReader(one, from, to, after).Read().GetEnumerator());
        var page = new List<RawSample>();
        RawCursor last = default;
        while (page.Count < limit && queue.TryDequeue(out var walk, out _))
        {
            page.Add(walk.Current.Sample);
            last = walk.Current.Place;
            Advance(queue, walk);
        }
        return new RawPage(page, queue.Count > 0 ? last.ToString() : null);
    }

    private static void Advance(PriorityQueue<IEnumerator<(RawCursor Place, RawSample Sample)>, RawCursor> queue, IEnumerator<(RawCursor Place, RawSample Sample)> walk)
    {
        if (walk.MoveNext()) queue.Enqueue(walk, walk.Current.Place);
        else walk.Dispose();
    }

    /// <summary>One series backwards: windows of about a chunk, each decoded when its turn comes.</summary>
    private sealed class BackwardReader
    {
        private readonly SeriesSnapshot _series;
        private readonly ulong _hash;
        private readonly long _from;
        private readonly long _to;
        private readonly RawCursor? _after;
        private readonly List<SampleRun> _raw;
        private readonly List<SampleRun> _samples;

        public BackwardReader(SeriesSnapshot series, long from, long to, RawCursor? after)
        {
            (_series, _from, _after, _hash) = (series, from, after, StableHash.Of(series.Labels));
            _to = after is { } cursor ? Math.Min(to, cursor.Time) : to;
            _raw = [.. series.RawRuns()];
            // The samples of a distribution are made of its observations, which the raw entries are.
            _samples = (series.Kinds & SeriesKinds.Observations) != 0 ? [] : [.. series.SampleRuns()];
        }

        public IEnumerable<(RawCursor Place, RawSample Sample)> Read()
        {
            for (long upper = _to; NextWindow(upper) is var (low, high); upper = low - 1)
            {
                var entries = Window(low, high);
                for (int i = entries.Count - 1; i >= 0; i--)
                {
                    var entry = entries[i];
                    int first = i;
                    while (first > 0 && entries[first - 1].Time == entry.Time) first--;
                    var place = new RawCursor(entry.Time, _hash, i - first);
                    if (_after is { } after && place.CompareTo(after) <= 0) continue;
                    yield return (place, new RawSample(_series.Labels, entry.Time, entry.Value, entry.Note));
                }
                if (low == long.MinValue) yield break;
            }
        }

        // The narrowest window that ends with the newest entry not above a time: it starts where the shortest of the
        // runs that reach its end starts.
        private (long Low, long High)? NextWindow(long upper)
        {
            long high = long.MinValue;
            bool any = false;
            foreach (var run in Runs())
            {
                if (run.First > upper || run.Last < _from) continue;
                high = Math.Max(high, Math.Min(run.Last, upper));
                any = true;
            }
            if (!any || high < _from) return null;
            long low = _from;
            foreach (var run in Runs())
                if (run.First <= high && run.Last >= high)
                    low = Math.Max(low, run.First);
            return (low, high);
        }

        private List<RawEntry> Window(long low, long high)
        {
            var entries = new List<RawEntry>();
            RawEntry.Merge(_raw.Where(run => run.First <= high && run.Last >= low), entries);
            entries.RemoveAll(entry => entry.Time < low || entry.Time > high);
            if (_samples.Count == 0) return entries;

            var samples = new SampleBuffer();
            RunMerge.ReadInto([.. _samples], low, high, samples);
            var all = new List<RawEntry>(entries.Count + samples.Count);
            int next = 0;
            for (int i = 0; i < samples.Count; i++)
            {
                long time = samples.Times[i];
                while (next < entries.Count && entries[next].Time < time) all.Add(entries[next++]);
                // Stale markers and histograms are not values that someone posted.
                bool noted = next < entries.Count && entries[next].Time == time;
                if (!noted && samples.HistogramAt(i) is null && !StaleMarker.IsStale(samples.Values[i])) all.Add(new RawEntry(time, samples.Values[i], null));
            }
            while (next < entries.Count) all.Add(entries[next++]);
            return all;
        }

        private IEnumerable<SampleRun> Runs() => _raw.Concat(_samples);
    }
}
