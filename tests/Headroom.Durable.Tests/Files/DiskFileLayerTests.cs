namespace Headroom.Durable.Tests.Files;

public sealed class DiskFileLayerTests
{
    private static readonly DiskFileLayer Files = DiskFileLayer.Instance;

    [Fact]
    public void A_file_reads_back_what_was_written_at_each_offset()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "file");
        using (var file = Files.Create(path))
        {
            file.Write("hello"u8, 0);
            file.Write("world"u8, 5);
            file.Sync();
            file.SetLength(8);
        }
        using var again = Files.Open(path);
        var buffer = new byte[16];
        Assert.Equal(8, again.Length);
        Assert.Equal(8, again.Read(buffer, 0));
        Assert.Equal("hellowor"u8.ToArray(), buffer[..8]);
        Assert.Equal(2, again.Read(buffer, 6));
        Assert.Equal(0, again.Read(buffer, 8));
    }

    [Fact]
    public void A_directory_can_be_synced_and_one_that_is_missing_cannot()
    {
        using var directory = new TemporaryDirectory();
        Files.SyncDirectory(directory.Path);
        Assert.ThrowsAny<IOException>(() => Files.SyncDirectory(Path.Combine(directory.Path, "missing")));
    }

    [Fact]
    public void Names_come_in_ordinal_order_and_a_missing_directory_is_empty()
    {
        using var directory = new TemporaryDirectory();
        foreach (string name in new[] { "b", "B", "a" }) Files.Create(Path.Combine(directory.Path, name)).Dispose();
        Files.CreateDirectory(Path.Combine(directory.Path, "d"));
        Assert.Equal(["B", "a", "b"], Files.ListFiles(directory.Path));
        Assert.Equal(["d"], Files.ListDirectories(directory.Path));
        Assert.Empty(Files.ListFiles(Path.Combine(directory.Path, "missing")));
    }

    [Fact]
    public void A_directory_moves_in_one_step()
    {
        using var directory = new TemporaryDirectory();
        string from = Path.Combine(directory.Path, "from");
        string to = Path.Combine(directory.Path, "to");
        Files.CreateDirectory(from);
        Files.Create(Path.Combine(from, "x")).Dispose();
        Files.Move(from, to);
        Assert.Equal(["x"], Files.ListFiles(to));
        Assert.False(Files.DirectoryExists(from));
    }
}
