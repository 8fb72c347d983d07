namespace Headroom.Objectives.Anomalies;

/// <summary>A slowly moving centre and mean distance. Young, it is a plain mean of what it has seen; a single distance counts at most five times the mean.</summary>
internal sealed class RunningScale(double forget)
{
    private const double Bound = 5;

    private double _centre, _distance;
    private int _centres, _distances;

    /// <summary>The centre of what was added before; then adds.</summary>
    public double Centre(double value)
    {
        double before = _centres == 0 ? value : _centre;
        _centres++;
        _centre = before + (Math.Max(forget, 1.0 / _centres) * (value - before));
        return before;
    }

    /// <summary>The mean distance so far.</summary>
    public double Mean => _distance;

    /// <summary>The mean distance before this one, which is then added. Never 0.</summary>
    public double Of(double distance)
    {
        double before = _distances == 0 ? distance : _distance;
        _distances++;
        double bounded = _distances > 20 && before > 0 ? Math.Min(distance, Bound * before) : distance;
        _distance = before + (Math.Max(forget, 1.0 / _distances) * (bounded - before));
        return Math.Max(before, Smallest);
    }

    // What is below it is rounding: constants stay constants.
    private const double Smallest = 1e-9;
}

/// <summary>The mean of the last few values.</summary>
internal sealed class Recent(int reach)
{
    private readonly double[] _values = new double[reach];
    private double _sum;
    private int _count;

    /// <summary>The mean of the last values.</summary>
    public double Mean => _count == 0 ? 0 : _sum / Math.Min(_count, reach);

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        _count++;
        int place = _count % reach;
        _sum += value - (_count > reach ? _values[place] : 0);
        _values[place] = value;
        // Sums that add and take away drift; start afresh now and then.
        if (place == 0 && _count >= reach)
        {
            _sum = 0;
            foreach (double v in _values) _sum += v;
        }
    }
}
