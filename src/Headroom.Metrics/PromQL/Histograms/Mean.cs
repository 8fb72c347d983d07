using System.Runtime.CompilerServices;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>
/// A mean kept as a compensated sum for as long as that is finite, then as a running mean: the mean of huge numbers is
/// not infinite.
/// </summary>
internal static class Mean
{
    /// <summary>Adds the value that makes the count <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(double value, ref double sum, ref double lost, double count, ref bool running)
    {
        if (!running)
        {
            double newSum = sum, newLost = lost;
            Kahan.Add(value, ref newSum, ref newLost);
            if (!double.IsInfinity(newSum))
            {
                (sum, lost) = (newSum, newLost);
                return;
            }
            running = true;
            sum /= count - 1;
            lost /= count - 1;
        }
        double share = (count - 1) / count;
        sum *= share;
        lost *= share;
        Kahan.Add(value / count, ref sum, ref lost);
    }

    public static double Finish(double sum, double lost, double count, bool running) =>
        running ? sum + lost : (sum / count) + (lost / count);
}
