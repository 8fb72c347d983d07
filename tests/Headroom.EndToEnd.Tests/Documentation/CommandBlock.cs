namespace Headroom.EndToEnd.Tests.Documentation;

/// <summary>A block of shell commands in a document.</summary>
/// <param name="Document">The file, relative to the repository.</param>
/// <param name="Line">Where the block begins.</param>
/// <param name="Commands">Its commands, with continued lines joined.</param>
/// <param name="NotRun">Why it is not run, from <c>&lt;!-- not run: … --&gt;</c> before it; null when it is.</param>
internal sealed record CommandBlock(string Document, int Line, IReadOnlyList<string> Commands, string? NotRun)
{
    private const string NotRunMark = "<!-- not run:";

    /// <summary>The <c>bash</c> blocks of a document, in order.</summary>
    public static IReadOnlyList<CommandBlock> In(string document, string[] lines)
    {
        var blocks = new List<CommandBlock>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() != "```bash") continue;
            int start = i;
            var commands = new List<string>();
            string command = "";
            for (i++; i < lines.Length && lines[i].Trim() != "```"; i++)
            {
                string line = lines[i].Trim();
                command += line.EndsWith('\\') ? line[..^1] : line;
                if (line.EndsWith('\\')) continue;
                if (command.Length > 0 && command[0] != '#') commands.Add(command);
                command = "";
            }
            blocks.Add(new CommandBlock(document, start + 1, commands, ReasonBefore(lines, start)));
        }
        return blocks;
    }

    private static string? ReasonBefore(string[] lines, int block)
    {
        int before = block - 1;
        while (before >= 0 && lines[before].Length == 0) before--;
        return before >= 0 && lines[before].Trim() is var line && line.StartsWith(NotRunMark, StringComparison.Ordinal) && line.EndsWith("-->", StringComparison.Ordinal)
            ? line[NotRunMark.Length..^3].Trim()
            : null;
    }
}
