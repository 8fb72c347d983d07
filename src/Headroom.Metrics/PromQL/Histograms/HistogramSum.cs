using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>
/// Adds up many histograms without an object for every step, every count with compensated summation. The layout follows
/// the coarsest histogram seen.
/// </summary>
internal sealed class HistogramSum
{
    private Histogram _layout;
    private Kahan _count;
    private Kahan _sum;
    private Kahan _zero;
    private Run _positive;
    private Run _negative;
    private ResetHint _reset;
    private bool _sawReset;
    private bool _sawNoReset;

    public HistogramSum(Histogram first)
    {
        _layout = first.With(positive: Buckets.Empty, negative: Buckets.Empty);
        _reset = first.Reset;
        Note(first.Reset);
        _count.Add(first.Count);
        _sum.Add(first.Sum);
        _zero.Add(first.ZeroCount);
        _positive.Add(first.Positive);
        _negative.Add(first.Negative);
        Terms = 1;
    }

    public int Terms { get; private set; }

    /// <summary>What went less than well over all histograms added.</summary>
    public CombineOutcome Outcome { get; private set; }

    /// <summary>Adds a histogram; false, and nothing added, when its buckets cannot be reconciled with the others.</summary>
    public bool Add(Histogram next)
    {
        var mine = _layout;
        var outcome = Outcome;
        bool same = next.CustomBounds is null && mine.CustomBounds is null
            ? next.Scale == mine.Scale && next.ZeroThreshold == mine.ZeroThreshold
            : HistogramShape.SameBounds(next.CustomBounds, mine.CustomBounds);
        if (!same)
        {
            if (next.IsCustom() != mine.IsCustom())
            {
                Outcome |= CombineOutcome.Incompatible;
                return false;
            }
            // What was lost to rounding so far is below what a change of layout is worth tracking.
            var total = Total();
            if (!HistogramArithmetic.Align(ref total, ref next, ref outcome)) return false;
            _layout = total.With(positive: Buckets.Empty, negative: Buckets.Empty);
            _zero = new Kahan { Sum = total.ZeroCount };
            _positive = default;
            _negative = default;
            _positive.Add(total.Positive);
            _negative.Add(total.Negative);
        }
        Note(next.Reset);
        _reset = HistogramArithmetic.CombineResets(_reset, next.Reset, ref outcome);
        if (_sawReset && _sawNoReset) outcome |= CombineOutcome.ResetsCollide;
        Outcome = outcome;
        _count.Add(next.Count);
        _sum.Add(next.Sum);
        _zero.Add(next.ZeroCount);
        _positive.Add(next.Positive);
        _negative.Add(next.Negative);
        Terms++;
        return true;
    }

    private void Note(ResetHint reset)
    {
        _sawReset |= reset == ResetHint.CounterReset;
        _sawNoReset |= reset == ResetHint.NotCounterReset;
    }

    /// <summary>The sum so far.</summary>
    public Histogram Total() => _layout.With(
        count: _count.Value, sum: _sum.Value, zeroCount: _zero.Value,
        positive: _positive.ToBuckets(), negative: _negative.ToBuckets(), reset: _reset);

    private struct Run
    {
        private int[]? _indexes;
        private double[]? _sums;
        private double[]? _lost;

        public void Add(Buckets buckets)
        {
            if (buckets.Indexes.Length == 0) return;
            if (_indexes is null)
            {
                _indexes = buckets.Indexes;
                _sums = [.. buckets.Counts];
                _lost = new double[_sums.Length];
                return;
            }
            if (!ReferenceEquals(_indexes, buckets.Indexes) && !_indexes.AsSpan().SequenceEqual(buckets.Indexes)) Widen(buckets.Indexes);
            int at = 0;
            for (int i = 0; i < buckets.Indexes.Length; i++)
            {
                while (_indexes[at] != buckets.Indexes[i]) at++;
                Kahan.Add(buckets.Counts[i], ref _sums![at], ref _lost![at]);
            }
        }

        private void Widen(int[] others)
        {
            var indexes = new int[_indexes!.Length + others.Length];
            var sums = new double[indexes.Length];
            var lost = new double[indexes.Length];
            int n = 0;
            for (int i = 0, j = 0; i < _indexes.Length || j < others.Length; n++)
            {
                bool mine = j >= others.Length || (i < _indexes.Length && _indexes[i] <= others[j]);
                bool theirs = i >= _indexes.Length || (j < others.Length && others[j] <= _indexes[i]);
                indexes[n] = mine ? _indexes[i] : others[j];
                if (mine) (sums[n], lost[n]) = (_sums![i], _lost![i++]);
                if (theirs) j++;
            }
            if (n == _indexes.Length) return;
            (_indexes, _sums, _lost) = (indexes[..n], sums[..n], lost[..n]);
        }

        public readonly Buckets ToBuckets()
        {
            if (_indexes is null) return Buckets.Empty;
            var counts = new double[_sums!.Length];
            for (int i = 0; i < counts.Length; i++) counts[i] = double.IsInfinity(_sums[i]) ? _sums[i] : _sums[i] + _lost![i];
            return new Buckets(_indexes, counts);
        }
    }
}
