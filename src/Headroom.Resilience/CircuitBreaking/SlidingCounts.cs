namespace Headroom.Resilience.CircuitBreaking;

/// <summary>
/// Three counts over the last stretch of time, in ten steps: what is counted falls out of the sum between nine and ten
/// tenths of the window later. Time that steps back counts as now. Adding is a few additions, without a division.
/// </summary>
internal sealed class SlidingCounts
{
    private const int Steps = 10;
    private const int Lanes = 3;

    private readonly int[] _counts = new int[Steps * Lanes];
    private readonly int[] _sums = new int[Lanes];
    private readonly long _width;
    private long _stepEnd;
    private long _since;
    private int _step;
    private bool _empty = true;

    public SlidingCounts(long windowTicks) => _width = Math.Max(1, windowTicks / Steps);

    public int this[int lane] => _sums[lane];

    /// <summary>Ticks the sums cover at a time: from the first count, or the start of the window, to now.</summary>
    public long Span(long now) => _empty ? 0 : Math.Max(0, now - Math.Max(_since, _stepEnd - (Steps * _width)));

    public void Add(int lane)
    {
        _counts[(_step * Lanes) + lane]++;
        _sums[lane]++;
    }

    public void Advance(long now)
    {
        if (now < _stepEnd && !_empty) return;
        if (_empty)
        {
            _empty = false;
            _since = now;
            _stepEnd = now + _width;
            return;
        }

        long passed = ((now - _stepEnd) / _width) + 1;
        if (passed >= Steps)
        {
            // Silence for a whole window: traffic is measured anew from here.
            Clear();
            _empty = false;
            _since = now;
            _stepEnd = now + _width;
            return;
        }

        for (long i = 0; i < passed; i++)
        {
            _step = _step == Steps - 1 ? 0 : _step + 1;
            for (int lane = 0; lane < Lanes; lane++)
            {
                ref int count = ref _counts[(_step * Lanes) + lane];
                _sums[lane] -= count;
                count = 0;
            }
        }

        _stepEnd += passed * _width;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Array.Clear(_sums);
        _empty = true;
    }
}
