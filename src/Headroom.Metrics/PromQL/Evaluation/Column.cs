using System.Buffers;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// One series' values at consecutive steps, as arrays. Steps outside [<see cref="Start"/>, <see cref="End"/>) have no
/// value, so a series that lived briefly costs little in a long query. Arrays are pooled: whoever takes a column
/// returns it to the <see cref="QueryContext"/>, and may change it in place until then.
/// </summary>
internal sealed class Column
{
    public int Start { get; private set; }

    public int Length { get; private set; }

    public int End => Start + Length;

    /// <summary>Values by step - <see cref="Start"/>; meaningless where <see cref="Has"/> is false or a histogram stands.</summary>
    public double[] Values { get; private set; } = [];

    /// <summary>Where there is a sample, by step - <see cref="Start"/>.</summary>
    public bool[] Has { get; private set; } = [];

    /// <summary>Histograms by step - <see cref="Start"/>; null when the series has none at all.</summary>
    public Histogram?[]? Histograms { get; set; }

    public void Open(int start, int length)
    {
        Start = start;
        Length = length;
        Values = ArrayPool<double>.Shared.Rent(length);
        Has = ArrayPool<bool>.Shared.Rent(length);
        Has.AsSpan(0, length).Clear();
        Histograms = null;
    }

    public void Close()
    {
        ArrayPool<double>.Shared.Return(Values);
        ArrayPool<bool>.Shared.Return(Has);
        (Values, Has, Histograms, Length) = ([], [], null, 0);
    }

    /// <summary>Whether there is a sample at a step of the query.</summary>
    public bool At(int step) => (uint)(step - Start) < (uint)Length && Has[step - Start];

    public Histogram? HistogramAt(int step) => Histograms?[step - Start];

    public double ValueAt(int step) => Values[step - Start];

    public void Set(int step, double value)
    {
        Values[step - Start] = value;
        Has[step - Start] = true;
    }

    public void Set(int step, Histogram histogram)
    {
        Histograms ??= new Histogram?[Length];
        Histograms[step - Start] = histogram;
        Values[step - Start] = 0;
        Has[step - Start] = true;
    }

    public bool IsEmpty => !Has.AsSpan(0, Length).Contains(true);
}
