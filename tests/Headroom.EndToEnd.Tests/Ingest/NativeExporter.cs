using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Headroom.EndToEnd.Tests.Ingest;

/// <summary>
/// An exporter of one native histogram, in the protobuf form that Prometheus asks exporters for: twelve observations, ten of
/// them in the buckets (0.5, 1] and (1, 2], two of zero.
/// </summary>
internal sealed class NativeExporter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public NativeExporter()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        byte[] family = Family();
        byte[] body = [.. Varint(family.Length), .. family];
        byte[] head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                byte[] request = new byte[8192];
                int length = 0;
                do
                {
                    int read = await stream.ReadAsync(request.AsMemory(length));
                    if (read == 0) break;
                    length += read;
                }
                while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8));
                await stream.WriteAsync(head);
                await stream.WriteAsync(body);
            }
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // io.prometheus.client: MetricFamily { name = 1, type = 3, metric = 4 }, Metric { histogram = 7 }.
    private static byte[] Family()
    {
        byte[] histogram =
        [
            0x08, 12, 0x11, .. BitConverter.GetBytes(11.5), 0x28, 0, 0x31, .. BitConverter.GetBytes(0.001), 0x38, 2,
            .. Field(12, [0x08, 0, 0x10, 2]), .. Field(13, [8, 4]),
        ];
        return [.. Field(1, "real_latency_seconds"u8.ToArray()), 0x18, 4, .. Field(4, Field(7, histogram))];
    }

    private static byte[] Field(int number, byte[] content) => [.. Varint(number << 3 | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int number) => number < 0x80 ? [(byte)number] : [(byte)(number & 0x7F | 0x80), .. Varint(number >> 7)];
}
