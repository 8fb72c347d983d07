namespace Headroom.Cli.Queries;

/// <summary>Where <c>headroom query</c> evaluates expressions: a server, or files read into memory.</summary>
internal interface IExpressionSource : IAsyncDisposable
{
    /// <summary>The instant meant when the user names none, Unix milliseconds.</summary>
    long DefaultTime { get; }

    /// <summary>Evaluates an expression at one instant.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">It cannot be evaluated.</exception>
    ValueTask<Answer> InstantAsync(string expression, long time, CancellationToken cancel);

    /// <summary>Evaluates an expression at start, start + step, … up to end.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">It cannot be evaluated.</exception>
    ValueTask<Answer> RangeAsync(string expression, long start, long end, long step, CancellationToken cancel);
}

/// <summary>The answer to a query.</summary>
/// <param name="Data">The <c>data</c> object of the Prometheus HTTP API, UTF-8 JSON.</param>
/// <param name="Warnings">The result may be wrong.</param>
/// <param name="Infos">The query may be mistaken.</param>
internal sealed record Answer(ReadOnlyMemory<byte> Data, IReadOnlyList<string> Warnings, IReadOnlyList<string> Infos);
