namespace Headroom.Objectives.Forecasting;

/// <summary>Closes gaps by straight lines; what is missing at the ends is left out.</summary>
internal static class Gaps
{
    public static double[] Fill(ReadOnlySpan<double> values)
    {
        int first = 0, last = values.Length - 1;
        while (first < values.Length && !double.IsFinite(values[first])) first++;
        while (last > first && !double.IsFinite(values[last])) last--;
        if (first >= values.Length) return [];
        var filled = values[first..(last + 1)].ToArray();
        int known = 0;
        for (int i = 1; i < filled.Length; i++)
        {
            if (!double.IsFinite(filled[i])) continue;
            for (int k = known + 1; k < i; k++) filled[k] = filled[known] + ((filled[i] - filled[known]) * (k - known) / (i - known));
            known = i;
        }
        return filled;
    }
}
