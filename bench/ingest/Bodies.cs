using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Headroom.Ingest.Bench;

/// <summary>Samples of node exporters, the same every time: every series once a round, every 15 s, gauges and counters in turn.</summary>
/// <param name="seriesCount">Series; 64 to a host.</param>
/// <param name="start">First instant, Unix milliseconds.</param>
internal sealed class Bodies(int seriesCount, long start)
{
    private static readonly string[] Modes = ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"];

    private readonly (string Name, string Value)[][] _labels = [.. Enumerable.Range(0, seriesCount).Select(Labels)];
    private readonly byte[][] _protobufLabels = [.. Enumerable.Range(0, seriesCount).Select(i => Labels(i).SelectMany(l => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(l.Name)), .. Field(2, Encoding.UTF8.GetBytes(l.Value))])).ToArray())];
    private readonly double[] _values = new double[seriesCount];
    private readonly Random _random = new(1);
    private int _series;
    private int _round;

    /// <summary>The next samples as Prometheus text.</summary>
    public byte[] Text(int samples)
    {
        var text = new StringBuilder(samples * 110);
        for (int i = 0; i < samples; i++)
        {
            var (series, time, value) = Next();
            text.Append(_labels[series][0].Value).Append('{');
            for (int l = 1; l < _labels[series].Length; l++) text.Append(l > 1 ? "," : "").Append(_labels[series][l].Name).Append("=\"").Append(_labels[series][l].Value).Append('"');
            text.Append(CultureInfo.InvariantCulture, $"}} {value} {time}\n");
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>The next samples as a remote write 1.0 request.</summary>
    public byte[] RemoteWrite(int samples)
    {
        using var message = new MemoryStream();
        for (int i = 0; i < samples; i++)
        {
            var (series, time, value) = Next();
            byte[] number = new byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(number, value);
            message.Write(Field(1, [.. _protobufLabels[series], .. Field(2, [0x09, .. number, 0x10, .. Varint((ulong)time)])]));
        }
        return IronSnappy.Snappy.Encode(message.ToArray());
    }

    private (int Series, long Time, double Value) Next()
    {
        int series = _series;
        long time = start + _round * 15_000L;
        _values[series] = series % 2 == 0 ? Math.Round(_values[series] + _random.NextDouble() * 15, 2) : Math.Round(40 + 20 * _random.NextDouble(), 1);
        if (++_series == seriesCount) (_series, _round) = (0, _round + 1);
        return (series, time, _values[series]);
    }

    private static (string Name, string Value)[] Labels(int i) =>
    [
        ("__name__", i % 2 == 0 ? "node_cpu_seconds_total" : "node_hwmon_temp_celsius"),
        ("cpu", $"{i / 8 % 8}"), ("instance", $"host-{i / 64}.example.com:9100"), ("job", "node"), ("mode", Modes[i % 8]),
    ];

    private static byte[] Field(int number, byte[] content) => [.. Varint((ulong)(number << 3 | 2)), .. Varint((ulong)content.Length), .. content];

    private static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>(10);
        for (; number >= 0x80; number >>= 7) bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
        return [.. bytes];
    }
}
