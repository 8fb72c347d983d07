namespace Headroom.Detectors.Bench.ChangePoints;

/// <summary>Noise without any change, of the kinds that fool detectors; standard deviation 1 without the cycle and the outliers.</summary>
internal static class NoiseKinds
{
    public static readonly string[] All = ["iid", "lognormal", "lognormal, heavy", "iid with 2% outliers", "lognormal with 2% outliers", "lognormal, heavy, with 2% outliers", "AR(0.3)", "AR(0.6)", "AR(0.8)", "daily cycle", "daily and weekly cycle", "heavy tails", "counts"];

    public static double[] Series(string kind, int length, Draw draw)
    {
        double phi = kind switch { "AR(0.3)" => 0.3, "AR(0.6)" => 0.6, "AR(0.8)" => 0.8, _ => 0 };
        var values = draw.Autoregression(length, phi);
        double height = draw.Uniform(1.5, 6);
        int start = draw.Whole(0, 167);
        for (int i = 0; i < length; i++)
        {
            if (kind.StartsWith("lognormal, heavy", StringComparison.Ordinal)) values[i] = (Math.Exp(values[i]) - 1.6487) / 2.1612;
            else if (kind.StartsWith("lognormal", StringComparison.Ordinal)) values[i] = (Math.Exp(0.5 * values[i]) - 1.1331) / 0.6039;
            if (kind == "heavy tails") values[i] = draw.HeavyTailed();
            if (kind == "counts") values[i] = (draw.Poisson(4) - 4) / 2.0;
            if (kind.EndsWith("outliers", StringComparison.Ordinal) && draw.Chance(0.02)) values[i] += draw.Uniform(5, 12) * (draw.Chance(0.7) ? 1 : -1);
            if (kind.StartsWith("daily", StringComparison.Ordinal)) values[i] += height * Math.Sin(2 * Math.PI * (i + start) / 24);
            if (kind == "daily and weekly cycle" && (i + start) / 24 % 7 >= 5) values[i] -= height * 0.7;
        }
        return values;
    }
}
