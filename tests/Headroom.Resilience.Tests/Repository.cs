namespace Headroom.Resilience.Tests;

/// <summary>Files of the repository the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The path of a file given from the repository's root.</summary>
    public static string File(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Headroom.slnx"))) return Path.Combine(folder.FullName, path);
        }

        throw new FileNotFoundException("The tests do not run inside the repository.", path);
    }
}
