using System.Globalization;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>What holds for one query from start to end: its limits, its clock, its annotations and its memory.</summary>
internal sealed class QueryContext(ISeriesSource source, PromqlOptions options, string text, Steps steps, TimeProvider time, CancellationToken cancel)
{
    private readonly long _started = time.GetTimestamp();
    private readonly Stack<Column> _columns = [];
    private readonly Stack<SampleBuffer> _buffers = [];
    private long _held;
    private long _peak;
    private long _read;
    private int _sinceCheck;

    public ISeriesSource Source => source;

    public PromqlOptions Options => options;

    /// <summary>The query's own steps; <c>@ start()</c> and <c>step()</c> mean these also within a sub-query.</summary>
    public Steps Steps => steps;

    public Annotations Annotations { get; } = new(text);

    /// <summary>Samples read from the source so far.</summary>
    public long SamplesRead => _read;

    /// <summary>Most samples held at a time so far.</summary>
    public long PeakSamples => _peak;

    public double StepSeconds => steps.Count == 1 ? 0 : steps.Interval / 1000.0;

    public double RangeSeconds => (steps.End - steps.Start) / 1000.0;

    /// <summary>Milliseconds of a duration, which may depend on this query's step and range.</summary>
    public long Milliseconds(DurationExpr? duration, bool positive = false)
    {
        if (duration is null) return 0;
        double seconds = duration.Seconds(StepSeconds, RangeSeconds);
        if (!(Math.Abs(seconds) < long.MaxValue / 1e9)) throw SourcePosition.ParseError(text, duration.Span.Start, "duration out of range");
        if (positive && !(seconds > 0)) throw SourcePosition.ParseError(text, duration.Span.Start, "duration must be greater than 0");
        return (long)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
    }

    public static PromqlException Failed(string message) => new(message, -1, PromqlErrorKind.Execution);

    public static PromqlException SameLabelset() => Failed("vector cannot contain metrics with the same labelset");

    /// <summary>To be called now and then in every loop over data.</summary>
    public void Check()
    {
        if (++_sinceCheck < 64) return;
        _sinceCheck = 0;
        CheckNow();
    }

    public void CheckNow()
    {
        cancel.ThrowIfCancellationRequested();
        if (time.GetElapsedTime(_started) > options.Timeout)
            throw new PromqlException($"query timed out after {options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", -1, PromqlErrorKind.Timeout);
    }

    /// <summary>Counts samples that are now in memory.</summary>
    public void Hold(long samples)
    {
        _held += samples;
        if (_held > _peak) _peak = _held;
        if (_held > options.MaxSamples) throw TooManySamples();
    }

    public void Release(long samples) => _held -= samples;

    public static PromqlException TooManySamples() =>
        Failed("query processing would load too many samples into memory in query execution");

    public Column Rent(int start, int length)
    {
        Hold(length);
        var column = _columns.Count > 0 ? _columns.Pop() : new Column();
        column.Open(start, length);
        return column;
    }

    public void Return(Column? column)
    {
        if (column is null) return;
        Release(column.Length);
        column.Close();
        _columns.Push(column);
    }

    /// <summary>A buffer to read a series into; the samples in it count as held until it is given back.</summary>
    public SampleBuffer Read(ISeries series, long minTime, long maxTime, SampleAggregate aggregate = SampleAggregate.None)
    {
        Check();
        var buffer = _buffers.Count > 0 ? _buffers.Pop() : new SampleBuffer();
        buffer.Clear();
        series.Read(minTime, maxTime, buffer, aggregate);
        _read += buffer.Count;
        Hold(buffer.Count);
        return buffer;
    }

    public void Return(SampleBuffer buffer)
    {
        Release(buffer.Count);
        _buffers.Push(buffer);
    }
}
