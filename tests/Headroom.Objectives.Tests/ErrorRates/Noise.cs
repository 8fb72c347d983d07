namespace Headroom.Objectives.Tests.ErrorRates;

/// <summary>Series without any change in them, of the kinds that fool detectors. Every kind has variance near 1.</summary>
internal sealed class Noise(int seed)
{
    private readonly Random _random = new(seed);

    public static readonly string[] Kinds = ["independent", "lognormal", "2% outliers", "AR(0.3)", "AR(0.6)", "AR(0.8)", "AR(0.9)", "weekends lower"];

    public double Gauss()
    {
        double u = 1 - _random.NextDouble();
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * _random.NextDouble());
    }

    /// <summary>Noise of a kind on a daily cycle of amplitude <paramref name="cycle"/>, beginning at a random hour and weekday.</summary>
    public double[] Series(string kind, int length, int perDay, double cycle)
    {
        double phi = kind switch { "AR(0.3)" => 0.3, "AR(0.6)" => 0.6, "AR(0.8)" => 0.8, "AR(0.9)" => 0.9, _ => 0 };
        double spread = Math.Sqrt(1 - (phi * phi));
        double state = Gauss();
        int hour = _random.Next(perDay);
        int weekday = _random.Next(7);
        var values = new double[length];
        for (int i = 0; i < length; i++)
        {
            state = (phi * state) + (spread * Gauss());
            double value = kind == "lognormal" ? Math.Exp(state) : state;
            if (kind == "2% outliers" && _random.NextDouble() < 0.02) value += 10;
            if (kind == "weekends lower" && (((i + hour) / perDay) + weekday) % 7 >= 5) value -= 2;
            values[i] = value + (cycle * Math.Sin(2 * Math.PI * (i + hour) / perDay));
        }
        return values;
    }
}
