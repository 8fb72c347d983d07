namespace Headroom.Load.Executors;

/// <summary>
/// When the arrivals of one worker's share are due, in order, in seconds from the scenario's start. It is computed as it is asked
/// for, so that a backlog of any length costs no memory.
/// </summary>
/// <remarks>
/// An even arrival k is due when the integral of the rate reaches k. A Poisson process of a changing rate is one of rate 1 whose
/// time is that integral (time rescaling; Brown et al. 2002, "The time-rescaling theorem"), and of n independent processes with 1/n of
/// the rate each the union is the whole: a share's gaps are exponential with mean n.
/// </remarks>
internal sealed class ArrivalSchedule
{
    private readonly StageCurve _rate;
    private readonly Share _share;
    private readonly Random? _random;
    private double _position;
    private int _hint;

    /// <summary>Starts a schedule.</summary>
    /// <param name="rate">Arrivals per second of all shares together.</param>
    /// <param name="share">Which of them are asked for.</param>
    /// <param name="random">Draws the gaps of a Poisson process; null for even arrivals.</param>
    public ArrivalSchedule(StageCurve rate, Share share, Random? random)
    {
        (_rate, _share, _random) = (rate, share, random);
        _position = random is null ? share.Index : Gap();
        Compute();
    }

    /// <summary>When the next arrival is due; infinite when there are no more.</summary>
    public double Next { get; private set; }

    /// <summary>Goes on to the one after <see cref="Next"/>.</summary>
    public void Advance()
    {
        _position += _random is null ? _share.Count : Gap();
        Compute();
    }

    // An arrival exactly at the end belongs to the time after it: rate · duration arrivals, not one more.
    private void Compute() => Next = _position >= _rate.Area - 1e-9 * _rate.Area ? double.PositiveInfinity : _rate.WhenAreaReaches(_position, ref _hint);

    private double Gap() => -Math.Log(1 - _random!.NextDouble()) * _share.Count;
}
