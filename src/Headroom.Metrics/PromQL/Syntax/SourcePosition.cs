namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>Turns offsets into the line and column a person can find.</summary>
internal static class SourcePosition
{
    /// <summary><c>line:column</c>, both from 1.</summary>
    public static string Describe(string input, int offset)
    {
        offset = Math.Clamp(offset, 0, input.Length);
        int line = 1, lineStart = 0;
        for (int i = 0; i < offset; i++)
        {
            if (input[i] != '\n') continue;
            line++;
            lineStart = i + 1;
        }
        return $"{line}:{offset - lineStart + 1}";
    }

    /// <summary>An error of the parser, its place before the message as Prometheus writes it.</summary>
    public static PromqlException ParseError(string input, int offset, string message) =>
        new($"{Describe(input, offset)}: parse error: {message}", offset);
}
