namespace Headroom.Durable.Tests;

/// <summary>A directory on the real disk that goes away with the test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("headroom-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
