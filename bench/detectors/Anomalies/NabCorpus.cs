using System.Globalization;
using System.Text.Json;

namespace Headroom.Detectors.Bench.Anomalies;

/// <summary>A series with the windows in which an anomaly should be reported.</summary>
internal sealed record LabelledSeries(string Name, double[] Values, IReadOnlyList<(int First, int Last)> Windows, long[] Times);

/// <summary>Reads the Numenta Anomaly Benchmark's files and windows.</summary>
internal static class NabCorpus
{
    public static IReadOnlyList<LabelledSeries> Read(string folder)
    {
        using var labels = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "labels.json")));
        var corpus = new List<LabelledSeries>();
        foreach (var file in labels.RootElement.EnumerateObject())
        {
            string path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) continue;
            var rows = File.ReadLines(path).Skip(1).Select(l => l.Split(',')).ToArray();
            var times = rows.Select(r => Time(r[0])).ToArray();
            var windows = file.Value.EnumerateArray().Select(w => (First: Array.FindIndex(times, t => t >= Time(w[0].GetString()!)), Last: Array.FindLastIndex(times, t => t <= Time(w[1].GetString()!)))).ToArray();
            corpus.Add(new LabelledSeries(file.Name, [.. rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture))], windows, times));
        }
        return corpus;
    }

    private static long Time(string text) => new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)).ToUnixTimeMilliseconds();
}
