using Headroom.Metrics.PromQL.Histograms;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>A summary of a run of values that can be joined with the one of the run after it.</summary>
internal interface IBlock<T>
{
    static abstract T Of(double value);

    static abstract T Join(T first, T second);
}

/// <summary>
/// Summaries of runs of 16, 256, 4,096… values of a series, so that a window of n values is summarised from about
/// 30 · log16(n) of them. Unlike running sums nothing is ever subtracted, so no window suffers from another's magnitude.
/// </summary>
internal sealed class Pyramid<T> where T : struct, IBlock<T>
{
    private const int Fan = 16;

    private readonly List<T[]> _levels = [];
    private int _built;

    /// <summary>Forgets the series, keeps the memory.</summary>
    public void Clear() => _built = 0;

    /// <summary>The summary of values[low..high], at least one.</summary>
    public T Of(ReadOnlySpan<double> values, int low, int high)
    {
        if (_built == 0) Build(values);
        var head = T.Of(values[low++]);
        int nextLow = (low + Fan - 1) / Fan, nextHigh = high / Fan;
        if (nextLow >= nextHigh)
        {
            for (; low < high; low++) head = T.Join(head, T.Of(values[low]));
            return head;
        }
        for (; low < nextLow * Fan; low++) head = T.Join(head, T.Of(values[low]));
        head = T.Join(head, Of(0, nextLow, nextHigh));
        for (low = nextHigh * Fan; low < high; low++) head = T.Join(head, T.Of(values[low]));
        return head;
    }

    private T Of(int level, int low, int high)
    {
        var blocks = _levels[level];
        int nextLow = (low + Fan - 1) / Fan, nextHigh = high / Fan;
        var head = blocks[low++];
        if (nextLow >= nextHigh || level + 1 >= _built)
        {
            for (; low < high; low++) head = T.Join(head, blocks[low]);
            return head;
        }
        if (low - 1 == nextLow * Fan)
        {
            // The run starts where a larger block does.
            head = Of(level + 1, nextLow, nextHigh);
        }
        else
        {
            for (; low < nextLow * Fan; low++) head = T.Join(head, blocks[low]);
            head = T.Join(head, Of(level + 1, nextLow, nextHigh));
        }
        for (low = nextHigh * Fan; low < high; low++) head = T.Join(head, blocks[low]);
        return head;
    }

    private void Build(ReadOnlySpan<double> values)
    {
        int count = values.Length / Fan;
        var level = Level(0, count);
        for (int i = 0; i < count; i++)
        {
            var block = T.Of(values[i * Fan]);
            for (int k = 1; k < Fan; k++) block = T.Join(block, T.Of(values[(i * Fan) + k]));
            level[i] = block;
        }
        _built = 1;
        while (count >= Fan)
        {
            count /= Fan;
            var next = Level(_built, count);
            for (int i = 0; i < count; i++)
            {
                var block = level[i * Fan];
                for (int k = 1; k < Fan; k++) block = T.Join(block, level[(i * Fan) + k]);
                next[i] = block;
            }
            level = next;
            _built++;
        }
    }

    private T[] Level(int index, int count)
    {
        if (index == _levels.Count) _levels.Add([]);
        if (_levels[index].Length < count) _levels[index] = new T[count];
        return _levels[index];
    }
}

internal readonly record struct SumBlock(double Sum, double Lost) : IBlock<SumBlock>
{
    public static SumBlock Of(double value) => new(value, 0);

    public static SumBlock Join(SumBlock first, SumBlock second)
    {
        double sum = first.Sum, lost = first.Lost + second.Lost;
        Kahan.Add(second.Sum, ref sum, ref lost);
        return new(sum, lost);
    }
}

internal readonly record struct MinBlock(double Value) : IBlock<MinBlock>
{
    public static MinBlock Of(double value) => new(value);

    public static MinBlock Join(MinBlock first, MinBlock second) =>
        second.Value < first.Value || double.IsNaN(first.Value) ? second : first;
}

internal readonly record struct MaxBlock(double Value) : IBlock<MaxBlock>
{
    public static MaxBlock Of(double value) => new(value);

    public static MaxBlock Join(MaxBlock first, MaxBlock second) =>
        second.Value > first.Value || double.IsNaN(first.Value) ? second : first;
}

/// <summary>Count, mean and sum of squared deviations; joined by the rule of Chan, Golub and LeVeque (1979).</summary>
internal readonly record struct SpreadBlock(double Count, double Mean, double Squares) : IBlock<SpreadBlock>
{
    public static SpreadBlock Of(double value) => new(1, value, 0);

    public static SpreadBlock Join(SpreadBlock first, SpreadBlock second)
    {
        double count = first.Count + second.Count, delta = second.Mean - first.Mean;
        return new(count, first.Mean + (delta * second.Count / count),
            first.Squares + second.Squares + (delta * delta * first.Count * second.Count / count));
    }
}
