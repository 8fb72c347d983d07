using System.Text.Json;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Histograms;

namespace Headroom.Metrics.PromQL;

/// <summary>
/// Writes results as the <c>data</c> object of the Prometheus HTTP API: <c>{"resultType":…,"result":…}</c>, byte for byte
/// as the server formats numbers.
/// </summary>
public static class PrometheusJson
{
    private static readonly JsonEncodedText ResultType = JsonEncodedText.Encode("resultType");
    private static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");
    private static readonly JsonEncodedText Metric = JsonEncodedText.Encode("metric");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText Values = JsonEncodedText.Encode("values");
    private static readonly JsonEncodedText OneHistogram = JsonEncodedText.Encode("histogram");
    private static readonly JsonEncodedText Histograms = JsonEncodedText.Encode("histograms");

    /// <summary>Writes a result's value as an object.</summary>
    public static void WriteData(Utf8JsonWriter writer, QueryResult result) => WriteData(writer, result.Value);

    /// <summary>Writes a value as an object.</summary>
    public static void WriteData(Utf8JsonWriter writer, QueryValue value, QueryStatistics? statistics = null)
    {
        writer.WriteStartObject();
        switch (value)
        {
            case ScalarValue scalar:
                writer.WriteString(ResultType, "scalar");
                writer.WritePropertyName(Result);
                Pair(writer, scalar.Time, scalar.Value);
                break;
            case StringValue text:
                writer.WriteString(ResultType, "string");
                writer.WriteStartArray(Result);
                WriteTime(writer, text.Time);
                writer.WriteStringValue(text.Value);
                writer.WriteEndArray();
                break;
            case VectorValue vector:
                writer.WriteString(ResultType, "vector");
                writer.WriteStartArray(Result);
                foreach (var sample in vector.Samples)
                {
                    writer.WriteStartObject();
                    WriteMetric(writer, sample.Labels);
                    writer.WritePropertyName(sample.Histogram is null ? Value : OneHistogram);
                    if (sample.Histogram is null) Pair(writer, sample.Time, sample.Value);
                    else Pair(writer, sample.Time, sample.Histogram);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                break;
            case MatrixValue matrix:
                writer.WriteString(ResultType, "matrix");
                writer.WriteStartArray(Result);
                StepTexts? times = null;
                foreach (var series in matrix.Series) Series(writer, series, ref times);
                writer.WriteEndArray();
                break;
        }
        if (statistics is not null) Write(writer, statistics);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, QueryStatistics statistics)
    {
        writer.WriteStartObject("stats");
        writer.WriteStartObject("timings");
        writer.WriteNumber("evalTotalTime", statistics.Duration.TotalSeconds);
        writer.WriteNumber("execTotalTime", statistics.Duration.TotalSeconds);
        writer.WriteEndObject();
        writer.WriteStartObject("samples");
        writer.WriteNumber("totalQueryableSamples", statistics.SamplesRead);
        writer.WriteNumber("peakSamples", statistics.PeakSamples);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Series(Utf8JsonWriter writer, MatrixSeries series, ref StepTexts? times)
    {
        writer.WriteStartObject();
        WriteMetric(writer, series.Labels);
        bool floats = false, histograms = false;
        if (series.Points is Output.ColumnPoints { AnyHistogram: false } columns)
        {
            writer.WritePropertyName(Values);
            if (times is null || times.Steps != columns.Steps) times = new StepTexts(columns.Steps);
            Pairs(writer, columns, times);
            writer.WriteEndObject();
            return;
        }
        foreach (var point in series.Points)
        {
            floats |= point.Histogram is null;
            histograms |= point.Histogram is not null;
        }
        if (floats || !histograms)
        {
            writer.WriteStartArray(Values);
            foreach (var point in series.Points)
                if (point.Histogram is null) Pair(writer, point.Time, point.Value);
            writer.WriteEndArray();
        }
        if (histograms)
        {
            writer.WriteStartArray(Histograms);
            foreach (var point in series.Points)
                if (point.Histogram is not null) Pair(writer, point.Time, point.Histogram);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter writer, Labels labels)
    {
        writer.WritePropertyName(Metric);
        WriteLabels(writer, labels);
    }

    /// <summary>Writes labels as an object.</summary>
    public static void WriteLabels(Utf8JsonWriter writer, Labels labels)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in labels) writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private static void Pair(Utf8JsonWriter writer, long time, double value)
    {
        writer.WriteStartArray();
        WriteTime(writer, time);
        WriteFloat(writer, value);
        writer.WriteEndArray();
    }

    private static void Pair(Utf8JsonWriter writer, long time, Histogram histogram)
    {
        writer.WriteStartArray();
        WriteTime(writer, time);
        WriteHistogram(writer, histogram);
        writer.WriteEndArray();
    }

    /// <summary>Writes a histogram as the API has it: count, sum, and the buckets that hold anything as <c>[rule, left, right, count]</c>.</summary>
    public static void WriteHistogram(Utf8JsonWriter writer, Histogram histogram)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("count");
        WriteFloat(writer, histogram.Count);
        writer.WritePropertyName("sum");
        WriteFloat(writer, histogram.Sum);
        var view = new BucketView(histogram);
        bool any = false;
        for (int i = 0; i < view.Length; i++)
        {
            if (view.CountAt(i) == 0) continue;
            if (!any) writer.WriteStartArray("buckets");
            any = true;
            var bucket = view[i];
            writer.WriteStartArray();
            // 0 open left, 1 open right, 2 open both, 3 closed both.
            writer.WriteNumberValue(bucket.LowerInclusive ? (bucket.UpperInclusive ? 3 : 1) : bucket.UpperInclusive ? 0 : 2);
            WriteFloat(writer, bucket.Lower);
            WriteFloat(writer, bucket.Upper);
            WriteFloat(writer, bucket.Count);
            writer.WriteEndArray();
        }
        if (any) writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes a float as the API has it: a text.</summary>
    public static void WriteFloat(Utf8JsonWriter writer, double value)
    {
        // Raw, because the default encoder would write +Inf as \u002BInf.
        Span<byte> text = stackalloc byte[40];
        writer.WriteRawValue(text[..Quoted(value, text)], skipInputValidation: true);
    }

    private static int Quoted(double value, Span<byte> into)
    {
        into[0] = (byte)'"';
        int n = 1 + Output.GoFloat.WriteJson(value, into[1..]);
        into[n] = (byte)'"';
        return n + 1;
    }

    /// <summary>Writes an instant as Unix seconds, with three decimals when there are milliseconds.</summary>
    public static void WriteTime(Utf8JsonWriter writer, long time)
    {
        Span<byte> text = stackalloc byte[32];
        writer.WriteRawValue(text[..Seconds(time, text)], skipInputValidation: true);
    }

    // With three decimals when there are milliseconds.
    private static int Seconds(long time, Span<byte> into)
    {
        int n = 0;
        ulong absolute = time < 0 ? (ulong)-(Int128)time : (ulong)time;
        if (time < 0) into[n++] = (byte)'-';
        (absolute / 1000).TryFormat(into[n..], out int written, default, System.Globalization.CultureInfo.InvariantCulture);
        n += written;
        ulong rest = absolute % 1000;
        if (rest == 0) return n;
        into[n++] = (byte)'.';
        into[n++] = (byte)('0' + (rest / 100));
        into[n++] = (byte)('0' + (rest / 10 % 10));
        into[n++] = (byte)('0' + (rest % 10));
        return n;
    }

    // The bulk of a range query's answer, put together by hand: a third of the time of writing it token by token.
    private static void Pairs(Utf8JsonWriter writer, Output.ColumnPoints points, StepTexts times)
    {
        byte[] text = System.Buffers.ArrayPool<byte>.Shared.Rent(2 + (points.Count * (LongestPair + 1)));
        int n = 0;
        text[n++] = (byte)'[';
        for (int i = 0; i < points.Count; i++)
        {
            if (i > 0) text[n++] = (byte)',';
            var before = times[points.StepAt(i)];
            before.CopyTo(text.AsSpan(n));
            n += before.Length;
            n += Output.GoFloat.WriteJson(points.ValueAt(i), text.AsSpan(n));
            text[n++] = (byte)'"';
            text[n++] = (byte)']';
        }
        text[n++] = (byte)']';
        writer.WriteRawValue(text.AsSpan(0, n), skipInputValidation: true);
        System.Buffers.ArrayPool<byte>.Shared.Return(text);
    }

    private const int LongestPair = 64;

    /// <summary>What stands before the value at each step, <c>[1767744060,"</c>: the same for every series of a result.</summary>
    private sealed class StepTexts
    {
        private readonly byte[] _text;
        private readonly int[] _ends;

        public StepTexts(Evaluation.Steps steps)
        {
            Steps = steps;
            _text = new byte[steps.Count * 32];
            _ends = new int[steps.Count + 1];
            int n = 0;
            for (int i = 0; i < steps.Count; i++)
            {
                _text[n++] = (byte)'[';
                n += Seconds(steps[i], _text.AsSpan(n));
                _text[n++] = (byte)',';
                _text[n++] = (byte)'"';
                _ends[i + 1] = n;
            }
        }

        public Evaluation.Steps Steps { get; }

        public ReadOnlySpan<byte> this[int step] => _text.AsSpan(_ends[step], _ends[step + 1] - _ends[step]);
    }
}
