using System.Globalization;
using Headroom.Cli.Output;
using Headroom.Metrics.PromQL;

namespace Headroom.Cli.Queries;

/// <summary>A query's result for a person: values beside their series, ranges as one block a series.</summary>
internal static class ResultTable
{
    public static void Write(TextWriter output, QueryValue value)
    {
        switch (value)
        {
            case ScalarValue scalar:
                output.WriteLine(Number(scalar.Value));
                break;
            case StringValue text:
                output.WriteLine(TextTable.Printable(text.Value));
                break;
            case VectorValue { Samples.Count: 0 } or MatrixValue { Series.Count: 0 }:
                output.WriteLine("no data");
                break;
            case VectorValue vector:
                var table = new TextTable(("VALUE", true), ("SERIES", false));
                foreach (var sample in vector.Samples) table.Add(Value(sample.Value, sample.Histogram), sample.Labels.ToString());
                table.WriteTo(output);
                break;
            case MatrixValue matrix:
                foreach (var series in matrix.Series)
                {
                    output.WriteLine(TextTable.Printable(series.Labels.ToString()));
                    foreach (var point in series.Points) output.WriteLine($"  {Time(point.Time)}  {Value(point.Value, point.Histogram)}");
                }
                break;
        }
    }

    private static string Value(double value, Metrics.Histograms.Histogram? histogram) => histogram is null
        ? Number(value)
        : $"count {Number(histogram.Count)}, sum {Number(histogram.Sum)}, average {Number(histogram.Sum / histogram.Count)}";

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Time(long milliseconds) => milliseconds is > -62_135_596_800_000 and < 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString(milliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : (milliseconds / 1000.0).ToString("R", CultureInfo.InvariantCulture);
}
