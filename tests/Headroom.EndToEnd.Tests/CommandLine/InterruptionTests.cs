using System.Runtime.InteropServices;
using Headroom.Cli.Processes;
using Headroom.TestKit;

namespace Headroom.EndToEnd.Tests.CommandLine;

public sealed class InterruptionTests
{
    private readonly VirtualTimeProvider _time = new();
    private readonly List<int> _exits = [];

    [Fact]
    public void The_first_signal_cancels_and_waits()
    {
        using var interruption = new Interruption(_time, _exits.Add);
        interruption.Receive(PosixSignal.SIGINT);
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Equal(PosixSignal.SIGINT, interruption.Signal);
        _time.Advance(Interruption.DrainTime);
        Assert.Empty(_exits);
    }

    [Fact]
    public void The_second_signal_ends_the_process_at_once()
    {
        using var interruption = new Interruption(_time, _exits.Add);
        interruption.Receive(PosixSignal.SIGINT);
        interruption.Receive(PosixSignal.SIGINT);
        Assert.Equal([130], _exits);
    }

    [Fact]
    public void A_command_that_does_not_drain_in_time_is_ended()
    {
        using var interruption = new Interruption(_time, _exits.Add);
        interruption.Receive(PosixSignal.SIGTERM);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([130], _exits);
    }
}
