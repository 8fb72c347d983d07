using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Headroom.EndToEnd.Tests.Program;

/// <summary>What a run of the program came to.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The built program, run as a user runs it, in a working directory of its own that is removed afterwards.</summary>
internal sealed class HeadroomRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _root = System.IO.Directory.CreateTempSubdirectory("headroom-test-");

    public HeadroomRun() => Directory = _root.CreateSubdirectory("project").FullName;

    /// <summary>The working directory; what stands beside it is this run's too.</summary>
    public string Directory { get; }

    /// <summary>The default data directory.</summary>
    public string Data => Path.Combine(Directory, ".headroom");

    /// <summary>Writes a file into the working directory.</summary>
    public string Write(string name, string text)
    {
        string path = Path.Combine(Directory, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs the program to its end.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    /// <summary>Runs it with a text on standard input.</summary>
    public async Task<Outcome> RunWithInputAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments);
        return await FinishAsync(process, input);
    }

    /// <summary>Runs it and expects exit code 0.</summary>
    public async Task<Outcome> SucceedAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, $"headroom {string.Join(' ', arguments)}: exit {outcome.ExitCode}\n{outcome.Output}\n{outcome.Error}");
        return outcome;
    }

    /// <summary>Runs a shell line in the working directory.</summary>
    public async Task<Outcome> ShellAsync(string line)
    {
        using var process = new Process { StartInfo = Info("bash", ["-c", line]) };
        process.Start();
        return await FinishAsync(process, null);
    }

    /// <summary>Starts the program and leaves it running; the caller ends it.</summary>
    public Process Start(params string[] arguments)
    {
        var process = new Process { StartInfo = Info("dotnet", [Repository.Program, .. arguments]) };
        process.Start();
        return process;
    }

    private ProcessStartInfo Info(string program, string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        info.Environment["NO_COLOR"] = "1";
        return info;
    }

    private static async Task<Outcome> FinishAsync(Process process, string? input)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the program did not end within {Patience}: {await output}{await error}");
        }
        return new Outcome(process.ExitCode, await output, await error);
    }

    public void Dispose() => _root.Delete(recursive: true);
}
