using System.CommandLine;
using System.Runtime.InteropServices;
using Headroom.Cli.Client;
using Headroom.Cli.Processes;

namespace Headroom.Cli.CommandLine;

/// <summary>What a command runs with: its parsed line, the console, the clock and the signal to stop.</summary>
internal sealed class CommandContext(ParseResult parse, Interruption interruption, TimeProvider time)
{
    /// <summary>The parsed command line.</summary>
    public ParseResult Parse { get; } = parse;

    /// <summary>Where the answer goes.</summary>
    public TextWriter Output { get; } = Console.Out;

    /// <summary>Where progress, notes and errors go.</summary>
    public TextWriter Error { get; } = Console.Error;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Cancelled by the first Ctrl-C.</summary>
    public CancellationToken Cancel => interruption.Token;

    /// <summary>The signal that interrupted the command, or null.</summary>
    public PosixSignal? Signal => interruption.Signal;

    /// <summary>Whether to say more.</summary>
    public bool Verbose => Parse.GetValue(CommonOptions.Verbose);

    /// <summary>A client of the API, as the command line says: a server's, or the data directory's.</summary>
    public ApiClient Connect() => CommonOptions.ServerAddress(Parse) is { } address
        ? ApiClient.Remote(address)
        : ApiClient.Local(Parse.GetValue(CommonOptions.Data)!, Time, Verbose, Error);
}
