using System.Globalization;
using System.Text;

namespace Headroom.Benchmarks;

/// <summary>Inputs that look like those of real senders; the same every time.</summary>
internal static class Inputs
{
    private const long Start = 1_700_000_000_000;

    public static double Lognormal(Random random, double median, double sigma)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }

    /// <summary>Lines as node exporters write them, with timestamps: every series once a round, every 15 s.</summary>
    public static byte[] Text(int series, int rounds)
    {
        var random = new Random(2);
        var text = new StringBuilder();
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < series; i++)
                text.Append(CultureInfo.InvariantCulture, $"node_cpu_seconds_total{{cpu=\"{i % 64}\",instance=\"host-{i / 64}:9100\",job=\"node\",mode=\"idle\"}} {round * 15 + random.Next(1500) / 100.0} {Start + round * 15_000L}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Rows as CloudWatch exports have them; every other value with all its digits.</summary>
    public static byte[] Csv(int rows)
    {
        var random = new Random(3);
        var text = new StringBuilder("timestamp,value\n");
        for (int i = 0; i < rows; i++)
        {
            double value = random.NextDouble() * 100;
            var time = DateTimeOffset.FromUnixTimeMilliseconds(Start + i * 300_000L);
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss},{(i % 2 == 0 ? value : Math.Round(value, 3))}\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] LabelledCsv(int rows, int series)
    {
        var random = new Random(4);
        var text = new StringBuilder("timestamp,host,region,value\n");
        for (int i = 0; i < rows; i++)
            text.Append(CultureInfo.InvariantCulture, $"{Start + i / series * 15_000L},host-{i % series},eu-west-1,{Math.Round(random.NextDouble() * 100, 3)}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] Json(int items)
    {
        var random = new Random(5);
        var text = new StringBuilder("[");
        for (int i = 0; i < items; i++)
            text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"service_name":"api","metric_type":"response_time","value":{{Math.Round(Lognormal(random, 120, 0.8), 2)}},"unit":"Milliseconds","labels":{"endpoint":"/orders","region":"eu-west-1"},"timestamp":{{Start + i * 10}}}""");
        return Encoding.UTF8.GetBytes(text.Append(']').ToString());
    }
}
