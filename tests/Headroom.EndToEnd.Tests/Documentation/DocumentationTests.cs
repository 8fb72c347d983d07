using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Documentation;

/// <summary>
/// Every <c>./headroom</c> command in README.md and docs/*.md is run, document by document and in order, in an empty
/// folder that has the repository's <c>examples/</c>. A block that cannot be run says why in a comment before it.
/// </summary>
public sealed class DocumentationTests(ITestOutputHelper output)
{
    // Forty seconds long, and run by DemoTests.
    private const string RunElsewhere = "./headroom demo";

    public static TheoryData<string> Documents() =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"))
            .Where(f => File.ReadAllText(f).Contains("./headroom", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Repository.Root, f)).Order(StringComparer.Ordinal),
    ];

    [Theory, MemberData(nameof(Documents))]
    public async Task Every_command_of_the_document_works(string document)
    {
        using var headroom = new HeadroomRun();
        await File.WriteAllTextAsync(Path.Combine(headroom.Directory, "headroom"), $"#!/bin/sh\nexec dotnet '{Repository.Program}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(headroom.Directory, "headroom"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateSymbolicLink(Path.Combine(headroom.Directory, "examples"), Path.Combine(Repository.Root, "examples"));
        var failures = new List<string>();
        int run = 0;
        foreach (var block in CommandBlock.In(document, await File.ReadAllLinesAsync(Path.Combine(Repository.Root, document))))
        {
            if (!block.Commands.Any(c => c.Contains("./headroom", StringComparison.Ordinal))) continue;
            if (block.NotRun is not null)
            {
                Assert.True(block.NotRun.Length > 0, $"{document}:{block.Line} says 'not run' without a reason");
                output.WriteLine($"{document}:{block.Line} not run: {block.NotRun}");
                continue;
            }
            foreach (string command in block.Commands)
            {
                if (command.Split('#')[0].Trim() == RunElsewhere) continue;
                if (command.Contains("../shared", StringComparison.Ordinal) && !UsesShared(headroom)) continue;
                var outcome = await headroom.ShellAsync(command);
                run++;
                if (outcome.ExitCode != 0) failures.Add($"{document}:{block.Line}: {command}\n  exit {outcome.ExitCode}\n{outcome.Output}{outcome.Error}");
            }
        }
        output.WriteLine($"{document}: {run} commands run");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    // The shared data stands beside the repository; here, beside the folder the commands run in.
    private bool UsesShared(HeadroomRun headroom)
    {
        if (Repository.Shared is null)
        {
            output.WriteLine("commands on ../shared are not run: there is no such folder, and HEADROOM_SHARED does not name one");
            return false;
        }
        string link = Path.Combine(headroom.Directory, "..", "shared");
        if (!Path.Exists(link)) Directory.CreateSymbolicLink(link, Repository.Shared);
        return true;
    }
}
