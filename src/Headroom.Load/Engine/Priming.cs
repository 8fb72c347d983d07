using System.Net;
using System.Net.Sockets;
using Headroom.Load.Executors;
using Headroom.Load.Plans;
using Headroom.Load.Transports;
using Headroom.Load.Transports.Epoll;

namespace Headroom.Load.Engine;

/// <summary>
/// Sends a few requests to a listener of this process before the run, so that the first real ones are not measured by code that is still
/// being compiled: that cost the first requests 10 ms (bench/peers/load.sh, the row "delay").
/// </summary>
internal static class Priming
{
    private const int Requests = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Run(TimeProvider time)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(4);
        }
        catch (SocketException)
        {
            // Without a port to listen on the run is only a little less exact at its start.
            return;
        }
        var answering = new Thread(() => Answer(listener)) { IsBackground = true };
        answering.Start();
        var endpoint = (IPEndPoint)listener.LocalEndPoint!;
        var url = new Uri($"http://127.0.0.1:{endpoint.Port}/");
        Send(UrlPlan.Create(url, new SharedIterations(2, Requests, Patience), new UrlPlanOptions { GracefulStop = TimeSpan.Zero }), endpoint, time);
        Send(UrlPlan.Create(url, new ConstantArrivalRate(10_000, TimeSpan.FromMilliseconds(20)) { MaxVusGiven = 2 }, new UrlPlanOptions { GracefulStop = TimeSpan.Zero }), endpoint, time);
        listener.Close();
        answering.Join();
    }

    private static void Send(LoadPlan plan, IPEndPoint endpoint, TimeProvider time)
    {
        var clock = new LoadClock(time);
        var context = new RunContext(new RunProgram(plan), clock, time, 1);
        using var transport = new EpollTransport(clock, new TransportOptions { Targets = [new Target(plan.Origins[0], [endpoint])] });
        var worker = new LoadWorker(context, transport, 0);
        var thread = new Thread(() => worker.Run(null)) { IsBackground = true };
        thread.Start();
        thread.Join();
        new Collector(context).Drain(static (_, _, _) => { });
    }

    private static void Answer(Socket listener)
    {
        var connections = new List<Socket>();
        byte[] buffer = new byte[4096];
        try
        {
            // Each worker opens at most two connections; select(2) is plenty for them.
            while (true)
            {
                var readable = new List<Socket>(connections) { listener };
                Socket.Select(readable, null, null, 100_000);
                foreach (var socket in readable)
                {
                    if (socket == listener)
                    {
                        connections.Add(listener.Accept());
                        continue;
                    }
                    int read = socket.Receive(buffer);
                    if (read > 0) socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
                    else connections.Remove(socket);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener was closed: done.
        }
        foreach (var connection in connections) connection.Dispose();
    }
}
