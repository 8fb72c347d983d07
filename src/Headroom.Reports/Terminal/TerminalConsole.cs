using System.Globalization;
using Spectre.Console;

namespace Headroom.Reports.Terminal;

/// <summary>Makes the console that tables and charts are written to.</summary>
public static class TerminalConsole
{
    private const int WidthOfPipe = 1000;

    /// <summary>
    /// A console over standard output: colours only on a terminal without <c>NO_COLOR</c> and not <c>dumb</c>; as wide as
    /// the terminal (or <c>COLUMNS</c>), and wide enough never to wrap where the output goes to a file or a pipe.
    /// </summary>
    public static IAnsiConsole ForStandardOutput()
    {
        bool terminal = !Console.IsOutputRedirected;
        bool colour = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        int? width = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0 ? columns
            : terminal && Console.WindowWidth > 0 ? Console.WindowWidth : null;
        return Create(Console.Out, terminal, colour, width);
    }

    /// <summary>A console over any writer.</summary>
    /// <param name="writer">Where text goes.</param>
    /// <param name="terminal">Whether a person looks at it directly: boxes around tables, cut to the width.</param>
    /// <param name="colour">Whether to write colour sequences.</param>
    /// <param name="width">Columns; null is 80 on a terminal and no limit elsewhere.</param>
    public static IAnsiConsole Create(TextWriter writer, bool terminal, bool colour, int? width = null)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Math.Max(20, width ?? (terminal ? 80 : WidthOfPipe));
        console.Profile.Capabilities.Unicode = writer.Encoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        console.Profile.Capabilities.Links = false;
        console.Profile.Capabilities.Interactive = terminal;
        return console;
    }
}
