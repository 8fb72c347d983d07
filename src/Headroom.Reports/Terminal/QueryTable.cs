using System.Globalization;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Reports.Wording;
using Spectre.Console;

namespace Headroom.Reports.Terminal;

/// <summary>A query's result as a table. Numbers are exact: the shortest text that reads back as the same double.</summary>
public static class QueryTable
{
    /// <summary>Writes a scalar, string, vector or matrix, and the query's annotations after it.</summary>
    public static void Write(IAnsiConsole console, QueryResult result)
    {
        switch (result.Value)
        {
            case ScalarValue scalar:
                console.WriteLine($"{Number(scalar.Value)}  at {Time(scalar.Time)}");
                break;
            case StringValue text:
                console.WriteLine(PlainText.OneLine(text.Value));
                break;
            case VectorValue vector when vector.Samples.Count > 0:
                Vector(console, vector);
                break;
            case MatrixValue matrix when matrix.Series.Any(s => s.Points.Count > 0):
                Matrix(console, matrix);
                break;
            default:
                console.WriteLine("The result is empty: no series matched.", Palette.Quiet);
                break;
        }
        foreach (string warning in result.Warnings) console.WriteLine($"warning: {PlainText.OneLine(warning)}", new Style(Color.Yellow));
        foreach (string info in result.Infos) console.WriteLine($"info: {PlainText.OneLine(info)}", Palette.Quiet);
    }

    private static void Vector(IAnsiConsole console, VectorValue vector)
    {
        var table = new TextTable(console).Column("Series").Column("Value", right: true).Column("Time", importance: 1);
        foreach (var sample in vector.Samples) table.Row(sample.Labels.ToString(), Number(sample.Value, sample.Histogram), Time(sample.Time));
        table.Write();
    }

    private static void Matrix(IAnsiConsole console, MatrixValue matrix)
    {
        foreach (var series in matrix.Series)
        {
            console.WriteLine(PlainText.OneLine(series.Labels.ToString()), Palette.Strong);
            var table = new TextTable(console).Column("Time").Column("Value", right: true);
            foreach (var point in series.Points) table.Row(Time(point.Time), Number(point.Value, point.Histogram));
            table.Write();
        }
    }

    private static string Number(double value, Histogram? histogram = null) => histogram is null
        ? double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture)
        : $"histogram: count {Number(histogram.Count)}, sum {Number(histogram.Sum)}, average {Number(histogram.Sum / histogram.Count)}";

    private static string Time(long milliseconds)
    {
        // Prometheus's instants reach farther than the calendar of DateTimeOffset.
        if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return milliseconds.ToString(CultureInfo.InvariantCulture) + " ms";
        var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;
        return time.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
