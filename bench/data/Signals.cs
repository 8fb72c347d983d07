namespace Headroom.Bench.Data;

/// <summary>One series' values over time. Every kind is a pure function of its seed and the steps before.</summary>
internal abstract class Signal
{
    /// <summary>The value at the next step.</summary>
    /// <param name="random">The host's own source of chance.</param>
    /// <param name="load">How busy the host is, around 1: a daily wave and chance, the same for all its series.</param>
    /// <param name="seconds">Length of a step.</param>
    public abstract double Next(Random random, double load, double seconds);

    protected static double Gauss(Random random)
    {
        // Box and Muller (1958).
        double u = 1 - random.NextDouble();
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}

/// <summary>Never changes.</summary>
internal sealed class Constant(double value) : Signal
{
    public override double Next(Random random, double load, double seconds) => value;
}

/// <summary>
/// A counter of whole things, <paramref name="unit"/> at a time (bytes of a sector, say), with a mean rate per second.
/// </summary>
internal sealed class WholeCounter(double start, double rate, double unit = 1) : Signal
{
    private double _value = start * unit;
    private double _rest;

    public override double Next(Random random, double load, double seconds)
    {
        double mean = rate * load * seconds;
        _rest += mean < 20 ? Poisson(random, mean) : mean * Math.Max(0, 1 + 0.15 * Gauss(random)) + Math.Sqrt(mean) * Gauss(random);
        double whole = Math.Max(0, Math.Floor(_rest));
        _rest -= whole;
        return _value += whole * unit;
    }

    // Knuth, The Art of Computer Programming, volume 2, 3.4.1.
    private static double Poisson(Random random, double mean)
    {
        double limit = Math.Exp(-mean);
        int count = 0;
        for (double product = random.NextDouble(); product > limit; product *= random.NextDouble()) count++;
        return count;
    }
}

/// <summary>A counter of time or the like in so many decimals, with a mean rate per second.</summary>
internal sealed class DecimalCounter(double start, double rate, int decimals) : Signal
{
    private double _value = start;

    public override double Next(Random random, double load, double seconds) =>
        Math.Round(_value += Math.Max(0, rate * load * seconds * (1 + 0.1 * Gauss(random))), decimals);
}

/// <summary>A gauge that wanders around a mean, in so many decimals of a unit; each step keeps most of the last deviation.</summary>
internal sealed class Wandering(double mean, double deviation, int decimals, double unit = 1) : Signal
{
    private const double Kept = 0.95;
    private double _away;

    public override double Next(Random random, double load, double seconds)
    {
        _away = Kept * _away + Math.Sqrt(1 - Kept * Kept) * deviation * Gauss(random);
        return Math.Round(Math.Max(0, (mean * (0.7 + 0.3 * load) + _away) / unit), decimals) * unit;
    }
}

/// <summary>A gauge that changes now and then, by a few units.</summary>
internal sealed class Stepping(double start, double unit, double changesPerHour) : Signal
{
    private double _value = start;

    public override double Next(Random random, double load, double seconds)
    {
        if (random.NextDouble() < changesPerHour * seconds / 3600) _value = Math.Max(0, _value + unit * (random.Next(9) - 4));
        return _value;
    }
}

/// <summary>A new value each time, log-normal, with nine decimals: how long something took.</summary>
internal sealed class Duration(double median) : Signal
{
    public override double Next(Random random, double load, double seconds) => Math.Round(median * Math.Exp(0.25 * Gauss(random)), 9);
}

/// <summary>The host's clock: seconds with the digits a double has.</summary>
internal sealed class Clock(double start) : Signal
{
    private double _time = start;

    public override double Next(Random random, double load, double seconds) => (_time += seconds) + Math.Round(random.NextDouble() * 0.01, 7);
}
