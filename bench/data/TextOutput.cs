using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Headroom.Bench.Data;

/// <summary>The data as Prometheus text with timestamps in milliseconds, scrape by scrape, as <c>/api/v1/import/prometheus</c> takes it.</summary>
internal static class TextOutput
{
    public static void Write(DataOptions options, Stream output)
    {
        var hosts = options.Hosts();
        var names = hosts.Select(host => host.Host.Series.Take(host.Series).Select(series => Encoding.UTF8.GetBytes(series.Labels.ToString())).ToArray()).ToList();
        double[] values = new double[NodeExporter.SeriesPerHost];
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        for (int round = 0; round < options.Rounds; round++)
        {
            long seconds = options.Start + (long)round * options.Step;
            for (int host = 0; host < hosts.Count; host++)
            {
                var row = values.AsSpan(0, hosts[host].Series);
                hosts[host].Host.Next(seconds, options.Step, row);
                for (int i = 0; i < row.Length; i++)
                {
                    buffer.Write(names[host][i]);
                    var span = buffer.GetSpan(64);
                    span[0] = (byte)' ';
                    int length = 1;
                    Utf8Formatter.TryFormat(row[i], span[length..], out int written);
                    span[length += written] = (byte)' ';
                    Utf8Formatter.TryFormat(seconds * 1000, span[++length..], out written);
                    span[length += written] = (byte)'\n';
                    buffer.Advance(length + 1);
                }
                if (buffer.WrittenCount < 1 << 19) continue;
                output.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        }
        output.Write(buffer.WrittenSpan);
        output.Flush();
    }
}
