namespace Headroom.Detectors.Bench;

/// <summary>Seeded random draws.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    public double Uniform() => _random.NextDouble();

    public double Uniform(double low, double high) => low + ((high - low) * _random.NextDouble());

    public int Whole(int low, int high) => _random.Next(low, high + 1);

    public bool Chance(double share) => _random.NextDouble() < share;

    public double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>Student's t with 3 degrees of freedom, variance 1.</summary>
    public double HeavyTailed()
    {
        double g = Gauss();
        double chi = 0;
        for (int i = 0; i < 3; i++)
        {
            double h = Gauss();
            chi += h * h;
        }
        return g / Math.Sqrt(chi / 3) / Math.Sqrt(3);
    }

    public int Poisson(double mean)
    {
        if (mean > 50) return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Gauss())));
        double limit = Math.Exp(-mean), product = 1;
        int k = -1;
        do
        {
            product *= _random.NextDouble();
            k++;
        }
        while (product > limit);
        return k;
    }

    /// <summary>A first-order autoregression of variance 1.</summary>
    public double[] Autoregression(int length, double phi)
    {
        var values = new double[length];
        double state = Gauss();
        double spread = Math.Sqrt(1 - (phi * phi));
        for (int i = 0; i < length; i++) values[i] = state = (phi * state) + (spread * Gauss());
        return values;
    }
}
