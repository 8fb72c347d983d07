using System.Text.Json;

namespace Headroom.Runs;

/// <summary>What one process asks of the process that executes a run.</summary>
public sealed record RunRequest
{
    /// <summary>What is asked: <see cref="RunEventKind.Stop"/>, <see cref="RunEventKind.Pause"/> or <see cref="RunEventKind.Decide"/>.</summary>
    public required RunEventKind Kind { get; init; }

    /// <summary>With a decision: the step's id.</summary>
    public string? Step { get; init; }

    /// <summary>With a decision: what was decided.</summary>
    public StepDecision Decision { get; init; }

    /// <summary>Who asks.</summary>
    public string? By { get; init; }
}

/// <summary>
/// Requests lie as files in the run's directory until they are taken: the run is executed by one process, and whoever may
/// write its directory may ask it. A request that is taken twice does nothing the second time.
/// </summary>
internal sealed class RunRequests(string directory, TimeProvider time, Random random)
{
    private const string Extension = ".json";

    /// <summary>Leaves a request.</summary>
    public void Leave(RunRequest request)
    {
        Directory.CreateDirectory(directory);
        string name = $"{time.GetUtcNow().ToUnixTimeMilliseconds():d15}-{random.NextInt64():x16}";
        string path = Path.Combine(directory, name);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(request, RunJson.Default.RunRequest));
        // Only whole requests get the name under which they are looked for.
        File.Move(path, path + Extension);
    }

    /// <summary>Takes the requests that lie there, oldest first; one that cannot be read is thrown away.</summary>
    public IReadOnlyList<RunRequest> TakeAll()
    {
        if (!Directory.Exists(directory)) return [];
        var requests = new List<RunRequest>();
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Extension).Order(StringComparer.Ordinal).ToList())
        {
            try
            {
                if (JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Default.RunRequest) is { } request) requests.Add(request);
            }
            catch (JsonException) { }
            File.Delete(path);
        }
        return requests;
    }
}
