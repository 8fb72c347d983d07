using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Headroom.Cli.Doctor;

/// <summary>Which other programs of the field this machine has, and which versions: Headroom works with them and is compared with them.</summary>
internal sealed class PeersCheck(TimeProvider time) : ICheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly (string Program, string Argument)[] Peers =
    [
        ("dotnet", "--version"), ("prometheus", "--version"), ("promtool", "--version"), ("victoria-metrics", "--version"), ("k6", "version"), ("wrk", "--version"),
        ("aws", "--version"), ("docker", "--version"), ("psql", "--version"), ("chromium", "--version"),
    ];

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var found = new List<string>();
        foreach (var (program, argument) in Peers)
            if (Find(program) is { } path)
                found.Add($"{program} {await VersionAsync(path, argument, cancel)}");
        yield return new Finding("peers", Health.Fact, found.Count == 0 ? "none found; none is needed" : string.Join(", ", found));
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private async Task<string> VersionAsync(string path, string argument, CancellationToken cancel)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
            try
            {
                // Both, so that neither pipe fills and stops it.
                var (output, error) = (process.StandardOutput.ReadToEndAsync(either.Token), process.StandardError.ReadToEndAsync(either.Token));
                return VersionIn(await output + "\n" + await error) ?? "(version not told)";
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return "(does not answer)";
            }
        }
        catch (Win32Exception)
        {
            return "(cannot be run)";
        }
    }

    /// <summary>The first thing in a text that looks like a version.</summary>
    internal static string? VersionIn(string text)
    {
        foreach (string word in text.Split([' ', '\n', '\t', ',', '(', ')', '/', '-', '_'], StringSplitOptions.RemoveEmptyEntries))
            if (word.TrimStart('v') is [>= '0' and <= '9', ..] version && version.Contains('.', StringComparison.Ordinal) && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~'))
                return version;
        return null;
    }
}
