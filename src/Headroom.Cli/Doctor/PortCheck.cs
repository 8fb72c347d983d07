using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Headroom.Cli.Doctor;

/// <summary>Whether the server's port is free, or who has it.</summary>
internal sealed class PortCheck(int port, HttpClient http) : ICheck
{
    private const string Name = "port";

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        if (IsFree(out string why))
        {
            yield return new Finding(Name, Health.Good, $"{port} on 127.0.0.1 is free");
            yield break;
        }
        yield return await IsHeadroomAsync(cancel)
            ? new Finding(Name, Health.Good, $"{port} on 127.0.0.1 is a Headroom server's")
            : new Finding(Name, Health.Warning, $"{port} on 127.0.0.1 cannot be listened on: {why}", "headroom serve --port 0 takes a free one.");
    }

    private bool IsFree(out string why)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            why = "";
            return true;
        }
        catch (SocketException error)
        {
            why = error.Message;
            return false;
        }
    }

    private async Task<bool> IsHeadroomAsync(CancellationToken cancel)
    {
        try
        {
            return await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"), cancel) == """{"status":"healthy"}""";
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
