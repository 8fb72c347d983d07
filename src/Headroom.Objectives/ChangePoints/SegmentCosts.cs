namespace Headroom.Objectives.ChangePoints;

/// <summary>
/// The sum of squared innovations of a stretch of a series about its best level or line, when the noise is a first-order
/// autoregression: generalised least squares with the stretch's first point at its stationary weight (Davis, Lee and Rodriguez-Yam,
/// "Structural Break Estimation for Nonstationary Time Series Models", JASA 2006). O(1) for any stretch after O(n) preparation.
/// </summary>
internal sealed class SegmentCosts
{
    private readonly double[] _values;
    private readonly double _rho;
    private readonly double _first;
    private readonly double _centre;
    // Sums up to and without i of the whitened value z, of z², of the whitened time u, of u² and of u·z.
    private readonly double[] _z, _zz, _u, _uu, _uz;

    public SegmentCosts(ReadOnlySpan<double> values, double rho)
    {
        int n = values.Length;
        _values = values.ToArray();
        _rho = rho;
        _first = 1 - (rho * rho);
        _centre = n / 2.0;
        // Large levels would lose the small differences in the squares.
        double mean = 0;
        foreach (double value in _values) mean += value / n;
        for (int i = 0; i < n; i++) _values[i] -= mean;
        Offset = mean;
        (_z, _zz, _u, _uu, _uz) = (new double[n + 1], new double[n + 1], new double[n + 1], new double[n + 1], new double[n + 1]);
        for (int i = 0; i < n; i++)
        {
            double z = i == 0 ? 0 : _values[i] - (rho * _values[i - 1]);
            double u = i == 0 ? 0 : Time(i) - (rho * Time(i - 1));
            _z[i + 1] = _z[i] + z;
            _zz[i + 1] = _zz[i] + (z * z);
            _u[i + 1] = _u[i] + u;
            _uu[i + 1] = _uu[i] + (u * u);
            _uz[i + 1] = _uz[i] + (u * z);
        }
    }

    private double Offset { get; }

    /// <summary>Squared innovations about one level.</summary>
    public double Level(int start, int end) => Level(start, end, out _);

    /// <summary>Squared innovations about one level, and that level.</summary>
    public double Level(int start, int end, out double level)
    {
        double weight = 1 - _rho;
        double x = _values[start];
        double a = _first + ((end - start - 1) * weight * weight);
        double b = (_first * x) + (weight * (_z[end] - _z[start + 1]));
        double c = (_first * x * x) + (_zz[end] - _zz[start + 1]);
        level = (b / a) + Offset;
        return Math.Max(0, c - (b * b / a));
    }

    /// <summary>Squared innovations about a line, and the line's values at the first and the last point.</summary>
    public double Line(int start, int end, out double from, out double to)
    {
        double weight = 1 - _rho;
        double x = _values[start];
        double t = Time(start);
        double a11 = _first + ((end - start - 1) * weight * weight);
        double a12 = (_first * t) + (weight * (_u[end] - _u[start + 1]));
        double a22 = (_first * t * t) + (_uu[end] - _uu[start + 1]);
        double b1 = (_first * x) + (weight * (_z[end] - _z[start + 1]));
        double b2 = (_first * t * x) + (_uz[end] - _uz[start + 1]);
        double c = (_first * x * x) + (_zz[end] - _zz[start + 1]);
        double determinant = (a11 * a22) - (a12 * a12);
        if (determinant <= 1e-9 * a11 * a22 || end - start < 3)
        {
            from = to = (b1 / a11) + Offset;
            return Math.Max(0, c - (b1 * b1 / a11));
        }
        double level = ((a22 * b1) - (a12 * b2)) / determinant;
        double slope = ((a11 * b2) - (a12 * b1)) / determinant;
        from = level + (slope * t) + Offset;
        to = level + (slope * Time(end - 1)) + Offset;
        return Math.Max(0, c - (b1 * level) - (b2 * slope));
    }

    /// <summary>Squared innovations about a cubic, which follows any smooth curve; O(length). A level when the stretch has fewer than 8 points.</summary>
    public double Curve(int start, int end)
    {
        const int terms = 4;
        if (end - start < 2 * terms) return Level(start, end);
        double[,] a = new double[terms, terms];
        Span<double> b = stackalloc double[terms], row = stackalloc double[terms], before = stackalloc double[terms];
        double half = (end - start) / 2.0, squares = 0;
        for (int i = start; i < end; i++)
        {
            double t = (i - start - half) / half;
            double weight = i == start ? Math.Sqrt(_first) : 1;
            double y = weight * _values[i];
            double power = weight;
            for (int k = 0; k < terms; k++, power *= t) row[k] = power;
            if (i > start)
            {
                y -= _rho * _values[i - 1];
                for (int k = 0; k < terms; k++) (row[k], before[k]) = (row[k] - (_rho * before[k]), row[k]);
            }
            else
            {
                for (int k = 0; k < terms; k++) before[k] = row[k] / weight;
            }
            squares += y * y;
            for (int k = 0; k < terms; k++)
            {
                b[k] += row[k] * y;
                for (int m = 0; m <= k; m++) a[k, m] += row[k] * row[m];
            }
        }
        // Cholesky; Legendre-like scaling of t keeps the matrix well conditioned.
        double explained = 0;
        for (int k = 0; k < terms; k++)
        {
            for (int m = 0; m <= k; m++)
            {
                double sum = a[k, m];
                for (int j = 0; j < m; j++) sum -= a[k, j] * a[m, j];
                a[k, m] = k == m ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / a[m, m];
            }
            double rest = b[k];
            for (int j = 0; j < k; j++) rest -= a[k, j] * b[j];
            b[k] = rest / a[k, k];
            explained += b[k] * b[k];
        }
        return Math.Max(0, squares - explained);
    }

    /// <summary>
    /// What to add to the costs of two neighbouring stretches because the noise runs on over the change at <paramref name="at"/>: its innovation there
    /// squared, instead of the stationary weight of a fresh start.
    /// </summary>
    /// <param name="at">The first point of the later stretch.</param>
    /// <param name="before">The level the earlier stretch ends with.</param>
    /// <param name="after">The level the later one starts with.</param>
    public double Joint(int at, double before, double after)
    {
        double fresh = _values[at] + Offset - after;
        double innovation = fresh - (_rho * (_values[at - 1] + Offset - before));
        return (innovation * innovation) - (_first * fresh * fresh);
    }

    private double Time(int i) => i - _centre;
}
