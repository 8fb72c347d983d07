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

    /// <summary>Bucket counts by ascending index, in arrays that grow by half.</summary>
    private struct Run
    {
        private int[]? _indexes;
        private double[]? _sums;
        private double[]? _lost;
        private int _count;

        public void Add(Buckets buckets)
        {
            var (others, counts) = buckets;
            if (others.Length == 0) return;
            if (_indexes is null)
            {
                (_indexes, _sums, _lost, _count) = ([.. others], [.. counts], new double[others.Length], others.Length);
                return;
            }
            int at = 0;
            for (int i = 0; i < others.Length; i++)
            {
                while (at < _count && _indexes[at] < others[i]) at++;
                if (at == _count || _indexes[at] != others[i]) Widen(at, others.AsSpan(i));
                Kahan.Add(counts[i], ref _sums![at], ref _lost![at]);
            }
        }

        /// <summary>Makes room for the indexes that are not there yet, all of them at or after a position.</summary>
        private void Widen(int from, ReadOnlySpan<int> others)
        {
            int missing = 0;
            for (int i = from, j = 0; j < others.Length; j++)
            {
                while (i < _count && _indexes![i] < others[j]) i++;
                if (i == _count || _indexes![i] != others[j]) missing++;
            }
            int count = _count + missing;
            if (count > _indexes!.Length)
            {
                int size = Math.Max(count, _indexes.Length + (_indexes.Length / 2));
                Array.Resize(ref _indexes, size);
                Array.Resize(ref _sums, size);
                Array.Resize(ref _lost, size);
            }
            // From the end, so that nothing is overwritten before it has moved.
            for (int i = _count - 1, j = others.Length - 1, into = count - 1; into >= from && into > i; into--)
            {
                while (j >= 0 && i >= from && _indexes[i] == others[j]) j--;
                if (j >= 0 && (i < from || others[j] > _indexes[i]))
                {
                    (_indexes[into], _sums![into], _lost![into]) = (others[j], 0, 0);
                    j--;
                }
                else
                {
                    (_indexes[into], _sums![into], _lost![into]) = (_indexes[i], _sums[i], _lost[i]);
                    i--;
                }
            }
            _count = count;
        }

        public readonly Buckets ToBuckets()
        {
            if (_indexes is null) return Buckets.Empty;
            var counts = new double[_count];
            for (int i = 0; i < counts.Length; i++) counts[i] = double.IsInfinity(_sums![i]) ? _sums[i] : _sums[i] + _lost![i];
            return new Buckets(_indexes.AsSpan(0, _count).ToArray(), counts);
        }
    }
}
