namespace Headroom.EndToEnd.Tests.Program;

/// <summary>Where the sources, the built program and the shared data stand.</summary>
internal static class Repository
{
    /// <summary>The repository's root: the folder that holds Headroom.slnx.</summary>
    public static readonly string Root = FindRoot();

    /// <summary>The built program.</summary>
    public static readonly string Program = Path.Combine(Root, "src", "Headroom.Cli", "bin", Configuration(), "net10.0", "headroom.dll");

    /// <summary>
    /// The folder of data that is not part of the repository: HEADROOM_SHARED, or ../shared beside the root; null when
    /// there is none.
    /// </summary>
    public static readonly string? Shared = FindShared();

    /// <summary>The Numenta Anomaly Benchmark's CloudWatch files; skips the test when they are absent.</summary>
    public static string CloudWatchData()
    {
        string? folder = Shared is null ? null : Path.Combine(Shared, "data", "nab", "realAWSCloudwatch");
        Assert.SkipUnless(Directory.Exists(folder), "the NAB data is not here: set HEADROOM_SHARED, or put it into ../shared/data/nab");
        return folder!;
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Headroom.slnx")))
                return at.FullName;
        throw new InvalidOperationException("Headroom.slnx is not above " + AppContext.BaseDirectory);
    }

    private static string? FindShared()
    {
        string folder = Environment.GetEnvironmentVariable("HEADROOM_SHARED") is { Length: > 0 } named ? named : Path.Combine(Root, "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    private static string Configuration() => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
}
