using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>Instant selectors: at each step the newest sample within the look-back, (t - lookback, t].</summary>
internal sealed partial class Evaluator
{
    /// <summary>The instants a selector looks at: the steps, moved by <c>offset</c> or pinned by <c>@</c>.</summary>
    public Steps Reference(TimeModifiers time)
    {
        long offset = context.Milliseconds(time.Offset);
        return time.At switch
        {
            AtKind.None => steps with { Start = steps.Start - offset },
            AtKind.Start => Steps.At(context.Steps.Start - offset) with { Count = steps.Count, Interval = 0 },
            AtKind.End => Steps.At(context.Steps.End - offset) with { Count = steps.Count, Interval = 0 },
            _ => Steps.At(time.AtTime - offset) with { Count = steps.Count, Interval = 0 },
        };
    }

    private Vector Select(VectorSelector selector)
    {
        if (selector.Mode == RangeMode.Smoothed) return SelectSmoothed(selector);
        var reference = Reference(selector.Time);
        long lookback = context.Options.LookbackMilliseconds;
        long[]? widths = Widening.Widths(context, reference, lookback, Widening.OfLookback, selector.Span);
        long from = reference.Start - (widths?[0] ?? lookback) + 1, to = reference.End;
        var found = context.Source.Select(selector.Matchers, from, to);
        var series = new List<Series>(found.Count);
        foreach (var one in found)
        {
            context.Check();
            series.Add(new LazySeries(one.Labels, () =>
            {
                var buffer = context.Read(one, from, to);
                var column = Newest(buffer, reference, lookback, widths);
                context.Return(buffer);
                return column;
            }));
        }
        return new Vector(series);
    }

    private Column? Newest(SampleBuffer samples, Steps reference, long lookback, long[]? widths)
    {
        var times = samples.Times;
        if (times.Length == 0) return null;
        var values = samples.Values;
        int first, end;
        if (reference.Interval == 0)
        {
            (first, end) = (0, reference.Count);
        }
        else
        {
            first = reference.FirstFrom(times[0]);
            end = reference.FirstFrom(times[^1] + (widths?[0] ?? lookback));
        }
        if (end <= first) return null;
        var column = context.Rent(first, end - first);
        var into = column.Values;
        var has = column.Has;
        bool histograms = samples.HasHistograms, any = false;
        int next = 0;
        for (int i = 0; i < column.Length; i++)
        {
            long at = reference[first + i];
            while (next < times.Length && times[next] <= at) next++;
            int last = next - 1;
            if (last < 0 || times[last] <= at - (widths is null ? lookback : widths[first + i])) continue;
            if (histograms && samples.HistogramAt(last) is { } histogram)
            {
                if (histogram.IsStale) continue;
                column.Set(first + i, histogram);
                any = true;
                continue;
            }
            double value = values[last];
            if (StaleMarker.IsStale(value)) continue;
            into[i] = value;
            has[i] = true;
            any = true;
        }
        if (any) return column;
        context.Return(column);
        return null;
    }

    /// <summary>
    /// Like <see cref="Select"/>, but with the times of the samples as values, in seconds: what <c>timestamp</c> shows of
    /// a selector.
    /// </summary>
    public Vector SelectTimes(VectorSelector selector)
    {
        var reference = Reference(selector.Time);
        long lookback = context.Options.LookbackMilliseconds;
        long[]? widths = Widening.Widths(context, reference, lookback, Widening.OfLookback, selector.Span);
        long from = reference.Start - (widths?[0] ?? lookback) + 1, to = reference.End;
        var series = new List<Series>();
        foreach (var one in context.Source.Select(selector.Matchers, from, to))
        {
            series.Add(new LazySeries(one.Labels, () =>
            {
                var buffer = context.Read(one, from, to);
                var column = Newest(buffer, reference, lookback, widths);
                if (column is not null)
                {
                    int next = 0;
                    for (int i = 0; i < column.Length; i++)
                    {
                        long at = reference[column.Start + i];
                        while (next < buffer.Count && buffer.Times[next] <= at) next++;
                        if (column.Has[i]) column.Values[i] = buffer.Times[next - 1] / 1000.0;
                    }
                    column.Histograms = null;
                }
                context.Return(buffer);
                return column;
            }));
        }
        return new Vector(series);
    }

    // Between the samples before and after each instant, in a straight line.
    private Vector SelectSmoothed(VectorSelector selector)
    {
        var reference = Reference(selector.Time);
        long lookback = context.Options.LookbackMilliseconds;
        long from = reference.Start - lookback + 1, to = reference.End + lookback;
        var series = new List<Series>();
        foreach (var one in context.Source.Select(selector.Matchers, from, to))
        {
            series.Add(new LazySeries(one.Labels, () =>
            {
                var buffer = context.Read(one, from, to);
                var samples = new RangeSamples();
                samples.Load(buffer);
                var column = context.Rent(0, steps.Count);
                for (int i = 0; i < steps.Count; i++)
                    if (ExtendedRange.ValueAt(samples.Times, samples.Values, reference[i], lookback, false, false) is { } value)
                        column.Set(i, value);
                context.Return(buffer);
                return column;
            }));
        }
        return new Vector(series);
    }
}
