using System.Text.RegularExpressions;
using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Retry;
using Headroom.Resilience.Tuning;

namespace Headroom.Resilience.Tests.Docs;

public sealed partial class SnippetTests
{
    [Fact]
    public void Every_code_block_of_the_guide_stands_word_for_word_in_a_test_that_runs()
    {
        Dictionary<string, string> code = Marked(File.ReadAllText(Repository.File("tests/Headroom.Resilience.Tests/Docs/Snippets.cs")));
        string guide = File.ReadAllText(Repository.File("docs/resilience.md")).ReplaceLineEndings("\n");
        var shown = new List<string>();
        foreach (Match block in Block().Matches(guide))
        {
            string name = block.Groups["name"].Value;
            Assert.True(name.Length > 0, $"A code block has no <!-- snippet: name --> above it:\n{block.Groups["code"].Value}");
            Assert.True(code.TryGetValue(name, out string? expected), $"There is no snippet '{name}' in Snippets.cs.");
            Assert.Equal(expected, block.Groups["code"].Value.TrimEnd('\n'));
            shown.Add(name);
        }

        Assert.Equal(code.Keys.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_defaults_in_the_guide_are_the_ones_in_the_code()
    {
        string guide = File.ReadAllText(Repository.File("docs/resilience.md"));
        foreach (object options in new object[] { new AdaptiveCircuitBreakerOptions(), new Backoff(), new TuningOptions() })
        {
            foreach (System.Reflection.PropertyInfo property in options.GetType().GetProperties().Where(p => p.PropertyType.IsValueType))
            {
                string value = property.GetValue(options) switch
                {
                    TimeSpan time => FormattableString.Invariant($"{time.TotalSeconds} s"),
                    IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                    var other => $"{other}",
                };
                Assert.Contains($"| `{property.Name}` | {value} |", guide, StringComparison.Ordinal);
            }
        }
    }

    private static Dictionary<string, string> Marked(string source)
    {
        var snippets = new Dictionary<string, string>();
        foreach (Match match in Mark().Matches(source.ReplaceLineEndings("\n")))
        {
            string[] lines = match.Groups["code"].Value.TrimEnd().Split('\n');
            int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
            snippets.Add(match.Groups["name"].Value, string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..] : "")));
        }

        return snippets;
    }

    [GeneratedRegex(@"(<!-- snippet: (?<name>[\w-]+) -->\n)?```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"// <snippet: (?<name>[\w-]+)>\n(?<code>.*?)\n\s*// </snippet>", RegexOptions.Singleline)]
    private static partial Regex Mark();
}
