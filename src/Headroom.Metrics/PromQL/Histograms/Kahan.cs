using System.Runtime.CompilerServices;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>A sum with the part that rounding lost kept beside it (Neumaier's variant of Kahan's summation).</summary>
internal struct Kahan
{
    public double Sum;
    public double Lost;

    public readonly double Value => double.IsInfinity(Sum) ? Sum : Sum + Lost;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value) => Add(value, ref Sum, ref Lost);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(double value, ref double sum, ref double lost)
    {
        double total = sum + value;
        if (double.IsInfinity(total)) lost = 0;
        // The larger of the two keeps its digits; the smaller one's low digits are what was lost.
        else if (Math.Abs(sum) >= Math.Abs(value)) lost += sum - total + value;
        else lost += value - total + sum;
        sum = total;
    }
}
