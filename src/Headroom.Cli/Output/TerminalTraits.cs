namespace Headroom.Cli.Output;

/// <summary>What the terminal, if there is one, can show.</summary>
internal static class TerminalTraits
{
    private const int WidthWithoutTerminal = 120;

    /// <summary>Whether a person watches standard error, so that progress may be shown there.</summary>
    public static bool ShowsProgress => !Console.IsErrorRedirected && !IsDumb;

    /// <summary>Whether standard output takes colour: a terminal, and <c>NO_COLOR</c> is not set.</summary>
    public static bool UsesColour => !Console.IsOutputRedirected && !IsDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Whether standard output is a terminal on which a screen can be drawn again in place.</summary>
    public static bool Redraws => !Console.IsOutputRedirected && !IsDumb;

    /// <summary>Columns of the terminal; <c>COLUMNS</c> says otherwise; 120 without a terminal.</summary>
    public static int Width
    {
        get
        {
            if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out int columns) && columns >= 40) return columns;
            try
            {
                return Console.IsOutputRedirected || Console.WindowWidth < 40 ? WidthWithoutTerminal : Console.WindowWidth;
            }
            catch (IOException)
            {
                return WidthWithoutTerminal;
            }
        }
    }

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") is "dumb";
}
