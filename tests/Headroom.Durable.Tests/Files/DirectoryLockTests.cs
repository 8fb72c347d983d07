namespace Headroom.Durable.Tests.Files;

public sealed class DirectoryLockTests
{
    [Fact]
    public void A_second_opener_is_told_who_has_the_directory()
    {
        using var directory = new TemporaryDirectory();
        using var first = DirectoryLock.Take(directory.Path);
        var refused = Assert.Throws<DirectoryLockedException>(() => DirectoryLock.Take(directory.Path));
        Assert.Equal(Environment.ProcessId, refused.Holder);
        Assert.Contains($"'{directory.Path}' is in use by process {Environment.ProcessId}", refused.Message);
    }

    [Fact]
    public void A_released_lock_can_be_taken_again()
    {
        using var directory = new TemporaryDirectory();
        DirectoryLock.Take(directory.Path).Dispose();
        DirectoryLock.Take(directory.Path).Dispose();
    }

    [Fact]
    public void The_directory_is_created_with_its_parents()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "a", "b");
        DirectoryLock.Take(path).Dispose();
        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public void A_directory_that_cannot_be_created_is_not_called_locked()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "file");
        File.WriteAllText(file, "");
        Assert.IsNotType<DirectoryLockedException>(Assert.ThrowsAny<IOException>(() => DirectoryLock.Take(Path.Combine(file, "sub"))));
    }
}
