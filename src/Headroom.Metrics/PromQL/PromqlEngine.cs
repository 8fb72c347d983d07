using System.Runtime.CompilerServices;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL;

/// <summary>
/// Evaluates PromQL, with the semantics of Prometheus 3, over any source of series. Safe to use from several threads;
/// each query works on its own memory.
/// </summary>
/// <param name="source">Where series come from.</param>
/// <param name="options">Limits and defaults; Prometheus's when null.</param>
/// <param name="time">The clock for the time limit; the system's when null.</param>
public sealed class PromqlEngine(ISeriesSource source, PromqlOptions? options = null, TimeProvider? time = null)
{
    private readonly PromqlOptions _options = options ?? new PromqlOptions();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Evaluates an expression at one instant.</summary>
    /// <param name="expression">PromQL of any type.</param>
    /// <param name="timeMs">Unix milliseconds UTC.</param>
    /// <param name="cancel">Gives the query up.</param>
    /// <exception cref="PromqlException">It cannot be parsed or evaluated, or exceeds a limit.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> fired.</exception>
    public QueryResult Instant(string expression, long timeMs, CancellationToken cancel = default) =>
        Instant(expression, timeMs, QueryOptions.Default, cancel);

    /// <summary>Evaluates an expression at one instant, as a request asks.</summary>
    /// <inheritdoc cref="Instant(string, long, CancellationToken)"/>
    public QueryResult Instant(string expression, long timeMs, QueryOptions asked, CancellationToken cancel)
    {
        var expr = Parse(expression);
        var steps = Steps.At(timeMs);
        return Run(expression, steps, asked, evaluator => expr.Kind switch
        {
            ValueKind.Scalar => new ScalarValue(timeMs, evaluator.Scalar(expr)[0]),
            ValueKind.Text => new StringValue(timeMs, Evaluator.Text(expr)),
            ValueKind.Matrix => Matrix(evaluator.RawSamples(evaluator.Range(expr))),
            _ => Instant(evaluator, expr, timeMs),
        }, cancel);
    }

    /// <summary>Evaluates an expression at start, start + step, … up to end (included).</summary>
    /// <param name="expression">PromQL of type scalar or instant vector.</param>
    /// <param name="startMs">Unix milliseconds UTC.</param>
    /// <param name="endMs">Unix milliseconds UTC, not before start.</param>
    /// <param name="stepMs">Milliseconds, positive.</param>
    /// <param name="cancel">Gives the query up.</param>
    /// <returns>A matrix.</returns>
    /// <exception cref="PromqlException">It cannot be parsed or evaluated, or exceeds a limit.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> fired.</exception>
    public QueryResult Range(string expression, long startMs, long endMs, long stepMs, CancellationToken cancel = default) =>
        Range(expression, startMs, endMs, stepMs, QueryOptions.Default, cancel);

    /// <summary>Evaluates an expression at start, start + step, … up to end (included), as a request asks.</summary>
    /// <inheritdoc cref="Range(string, long, long, long, CancellationToken)"/>
    public QueryResult Range(string expression, long startMs, long endMs, long stepMs, QueryOptions asked, CancellationToken cancel)
    {
        if (stepMs <= 0) throw new PromqlException("zero or negative query resolution step widths are not accepted. Try a positive integer");
        if (endMs < startMs) throw new PromqlException("end timestamp must not be before start time");
        long points = (long)(((Int128)endMs - startMs) / stepMs) + 1;
        if (points > _options.MaxPoints)
            throw new PromqlException($"exceeded maximum resolution of {_options.MaxPoints.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} points per timeseries. Try decreasing the query resolution (?step=XX)");
        var expr = Parse(expression);
        if (expr.Kind is not (ValueKind.Scalar or ValueKind.Vector))
            throw new PromqlException($"invalid expression type {Quoting.Quote(Expr.Describe(expr.Kind))} for range query, must be Scalar or instant Vector", expr.Span.Start);
        var steps = new Steps(startMs, stepMs, (int)points);
        return Run(expression, steps, asked, evaluator => expr.Kind == ValueKind.Scalar ? OfScalar(evaluator.Scalar(expr), steps) : OverTime(evaluator, expr), cancel);
    }

    private Expr Parse(string expression)
    {
        var expr = Parser.Parse(expression);
        ExperimentalSyntax.Check(expression, expr, _options.Features);
        return expr;
    }

    private QueryResult Run(string expression, Steps steps, QueryOptions asked, Func<Evaluator, QueryValue> evaluate, CancellationToken cancel)
    {
        var options = asked.LookbackMilliseconds is { } lookback ? _options with { LookbackMilliseconds = lookback } : _options;
        long started = _time.GetTimestamp();
        var context = new QueryContext(source, options, expression, steps, _time, cancel);
        context.CheckNow();
        try
        {
            var value = evaluate(new Evaluator(context, steps));
            return new QueryResult(value, context.Annotations.Warnings, context.Annotations.Infos)
            {
                Statistics = new QueryStatistics(context.SamplesRead, context.PeakSamples, _time.GetElapsedTime(started)),
            };
        }
        catch (InsufficientExecutionStackException)
        {
            throw new PromqlException("expression is nested too deeply to be evaluated");
        }
    }

    private static VectorValue Instant(Evaluator evaluator, Expr expr, long time)
    {
        var vector = evaluator.RemovePendingNames(evaluator.Vector(expr));
        var samples = new List<VectorSample>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            if (series.Take() is not { } column) continue;
            if (column.At(0)) samples.Add(new VectorSample(series.Labels, time, column.ValueAt(0), column.HistogramAt(0)));
            // Every sample of the result stays in memory.
            evaluator.Context.Hold(1);
            evaluator.Context.Return(column);
        }
        if (!vector.Ordered) samples.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        return new VectorValue(samples);
    }

    private static MatrixValue OverTime(Evaluator evaluator, Expr expr)
    {
        var vector = evaluator.RemovePendingNames(evaluator.Vector(expr));
        var matrix = new List<MatrixSeries>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            if (series.Take() is not { } column) continue;
            if (ColumnPoints.Of(column, evaluator.Steps) is { } points)
            {
                evaluator.Context.Hold(points.Count);
                matrix.Add(new MatrixSeries(series.Labels, points));
            }
            evaluator.Context.Return(column);
        }
        return Matrix(matrix);
    }

    private static MatrixValue OfScalar(Scalar scalar, Steps steps)
    {
        var points = new Point[steps.Count];
        for (int i = 0; i < points.Length; i++) points[i] = new Point(steps[i], scalar[i]);
        return new MatrixValue([new MatrixSeries(Labels.Empty, points)]);
    }

    private static MatrixValue Matrix(List<MatrixSeries> series)
    {
        series.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        return new MatrixValue(series);
    }
}
