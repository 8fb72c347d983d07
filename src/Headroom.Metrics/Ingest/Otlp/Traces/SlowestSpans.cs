namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// The slowest spans of each series in each slot of 10 s, which become its exemplars: whoever asks why a percentile is high
/// finds traces that made it so. A span is told once; one that turns out not to be among the slowest has been told already
/// when slower ones come later, so a slot may have a few more.
/// </summary>
internal sealed class SlowestSpans(int perSlot)
{
    private const long SlotMs = 10_000;
    private const int MaxSlots = 50_000;

    private readonly Lock _gate = new();
    private readonly List<Slot> _touched = [];
    private Dictionary<(Labels Series, long Slot), Slot> _young = [];
    private Dictionary<(Labels Series, long Slot), Slot> _old = [];

    /// <summary>Adds to a write the exemplars of the spans that are among the slowest now. The lists go together.</summary>
    public void Tell(IReadOnlyList<Observation> spans, IReadOnlyList<SpanId> ids, List<Exemplar> into)
    {
        if (perSlot == 0) return;
        lock (_gate)
        {
            for (int i = 0; i < spans.Count; i++)
                if (ids[i].IsSet)
                    Offer(spans[i], ids[i]);
            foreach (var slot in _touched) slot.TellNew(into);
            _touched.Clear();
        }
    }

    private void Offer(in Observation span, in SpanId id)
    {
        var key = (span.Labels, span.Time / SlotMs);
        if (!_young.TryGetValue(key, out var slot))
        {
            if (!_old.Remove(key, out slot)) slot = new Slot(span.Labels, perSlot);
            // Two generations: slots that were not touched while the younger one filled up are forgotten.
            if (_young.Count >= MaxSlots / 2) (_old, _young) = (_young, []);
            _young[key] = slot;
        }
        if (slot.Offer(span, id) && !slot.IsTouched)
        {
            slot.IsTouched = true;
            _touched.Add(slot);
        }
    }

    private sealed class Slot(Labels series, int most)
    {
        // Slowest first.
        private readonly List<(double Seconds, long Time, SpanId Id, bool IsTold)> _spans = new(most);

        public bool IsTouched { get; set; }

        public bool Offer(in Observation span, in SpanId id)
        {
            if (_spans.Count == most && span.Value <= _spans[^1].Seconds) return false;
            if (_spans.Count == most) _spans.RemoveAt(most - 1);
            int at = _spans.Count;
            while (at > 0 && _spans[at - 1].Seconds < span.Value) at--;
            _spans.Insert(at, (span.Value, span.Time, id, false));
            return true;
        }

        public void TellNew(List<Exemplar> into)
        {
            IsTouched = false;
            for (int i = 0; i < _spans.Count; i++)
            {
                var (seconds, time, id, isTold) = _spans[i];
                if (isTold) continue;
                into.Add(new Exemplar(series, id.ToLabels(), seconds, time));
                _spans[i] = (seconds, time, id, true);
            }
        }
    }
}
