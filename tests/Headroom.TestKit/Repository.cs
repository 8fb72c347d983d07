namespace Headroom.TestKit;

/// <summary>Finds the repository's files from wherever the tests run.</summary>
public static class Repository
{
    /// <summary>The folder that holds Headroom.slnx.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path below it.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Whether generated files and tables are to be written anew: HEADROOM_UPDATE=1.</summary>
    public static bool Updates => Environment.GetEnvironmentVariable("HEADROOM_UPDATE") == "1";

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Headroom.slnx")))
                return folder;
        throw new InvalidOperationException("the tests must run inside the repository");
    }
}
