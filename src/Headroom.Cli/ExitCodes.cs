namespace Headroom.Cli;

/// <summary>What the program's exit code says. Stable: scripts and pipelines stand on it.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The measurement is not valid: the generator or the data could not support a verdict.</summary>
    public const int NotValid = 98;

    /// <summary>Done, and a target, threshold or gate was missed.</summary>
    public const int Missed = 99;

    /// <summary>Interrupted by the user.</summary>
    public const int Interrupted = 130;
}
