using System.Text;
using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Documents;

public sealed class DocumentStoreTests
{
    private readonly MemoryFileLayer _files = new();

    private DocumentStoreOptions Options(MemoryFileLayer? files = null, long compactAfter = 8 << 20) => new() { Files = files ?? _files, CompactAfterBytes = compactAfter };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Document? document) => Encoding.UTF8.GetString(document!.Content.Span);

    [Fact]
    public async Task What_is_written_is_read_back_also_after_a_restart_and_a_compaction()
    {
        await using (var store = DocumentStore.Open("/d", Options()))
        {
            Assert.Equal(new DocumentWrite(1, null, 0), await store.PutAsync("a", Bytes("one"), cancel: TestContext.Current.CancellationToken));
            await store.PutAsync("b", Bytes("two"), cancel: TestContext.Current.CancellationToken);
            await store.PutAsync("a", Bytes("three"), cancel: TestContext.Current.CancellationToken);
            await store.DeleteAsync("b", cancel: TestContext.Current.CancellationToken);
            Assert.Equal("three", Text(store.Get("a")));
            Assert.Null(store.Get("b"));
        }
        for (int round = 0; round < 3; round++)
        {
            await using var store = DocumentStore.Open("/d", Options());
            Assert.Equal(("three", 3L), (Text(store.Get("a")), store.Get("a")!.Version));
            Assert.Null(store.Get("b"));
            Assert.Equal([new DocumentEntry("a", 3, 5)], store.List());
            Assert.Equal(4, store.LastVersion);
            await store.CompactAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_write_that_expects_another_version_is_told_the_one_there_is()
    {
        await using var store = DocumentStore.Open("/d", Options());
        await store.PutAsync("a", Bytes("one"), expectedVersion: 0, TestContext.Current.CancellationToken);
        Assert.Equal(new DocumentWrite(0, "a", 1), await store.PutAsync("a", Bytes("two"), expectedVersion: 0, TestContext.Current.CancellationToken));
        Assert.Equal(new DocumentWrite(0, "b", 0), await store.PutAsync("b", Bytes("two"), expectedVersion: 7, TestContext.Current.CancellationToken));
        Assert.Equal(new DocumentWrite(2, null, 0), await store.PutAsync("a", Bytes("two"), expectedVersion: 1, TestContext.Current.CancellationToken));
        Assert.Equal(new DocumentWrite(3, null, 0), await store.DeleteAsync("a", expectedVersion: 2, TestContext.Current.CancellationToken));
        Assert.Equal(new DocumentWrite(4, null, 0), await store.PutAsync("a", Bytes("new"), expectedVersion: 0, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_many_writers_that_expect_the_same_version_exactly_one_wins()
    {
        await using var store = DocumentStore.Open("/d", Options(compactAfter: 2048));
        for (int round = 0; round < 20; round++)
        {
            long version = store.Get("counter")?.Version ?? 0;
            var writes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () => await store.PutAsync("counter", Bytes($"{i} {new string('x', 100)}"), version))));
            Assert.Single(writes, write => write.IsWritten);
            Assert.Equal(writes.Single(write => write.IsWritten).Version, store.Get("counter")!.Version);
        }
    }

    [Fact]
    public async Task Several_changes_are_made_all_or_none()
    {
        await using var store = DocumentStore.Open("/d", Options());
        await store.PutAsync("a", Bytes("one"), cancel: TestContext.Current.CancellationToken);
        var refused = await store.WriteAsync([DocumentChange.Put("b", Bytes("two")), DocumentChange.Put("a", Bytes("x"), expectedVersion: 9)], TestContext.Current.CancellationToken);
        Assert.Equal(("a", 1L), (refused.ConflictingKey, refused.ActualVersion));
        Assert.Null(store.Get("b"));
        var written = await store.WriteAsync([DocumentChange.Put("b", Bytes("two"), 0), DocumentChange.Delete("a", 1)], TestContext.Current.CancellationToken);
        Assert.Equal((2L, 2L), (written.Version, store.Get("b")!.Version));
        Assert.Null(store.Get("a"));
    }

    [Fact]
    public async Task What_is_too_large_or_malformed_is_refused()
    {
        await using var store = DocumentStore.Open("/d", Options());
        async Task Refused(params DocumentChange[] changes) => await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WriteAsync(changes, TestContext.Current.CancellationToken));
        await Refused(DocumentChange.Put("a", new byte[DocumentStore.MaxDocumentBytes + 1]));
        await Refused(DocumentChange.Put("", Bytes("x")));
        await Refused(DocumentChange.Put(new string('k', 513), Bytes("x")));
        await Refused(DocumentChange.Put("lone \ud800", Bytes("x")));
        await Refused(DocumentChange.Put("a", Bytes("x")), DocumentChange.Delete("a"));
        await Refused();
        await Refused([.. Enumerable.Range(0, 257).Select(i => DocumentChange.Delete($"k{i}"))]);
        Assert.True((await store.PutAsync("largest", new byte[DocumentStore.MaxDocumentBytes], cancel: TestContext.Current.CancellationToken)).IsWritten);
        Assert.Equal(1, store.Verify());
    }

    [Fact]
    public async Task The_index_is_bounded_and_deleting_makes_room()
    {
        await using var store = DocumentStore.Open("/d", Options() with { MaxIndexBytes = 1024 });
        for (int i = 0; i < 9; i++) await store.PutAsync($"key{i}", Bytes("x"), cancel: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<DocumentStoreFullException>(async () => await store.PutAsync("key9", Bytes("x"), cancel: TestContext.Current.CancellationToken));
        Assert.True((await store.PutAsync("key8", Bytes("y"), cancel: TestContext.Current.CancellationToken)).IsWritten);
        await store.DeleteAsync("key0", cancel: TestContext.Current.CancellationToken);
        Assert.True((await store.PutAsync("key9", Bytes("x"), cancel: TestContext.Current.CancellationToken)).IsWritten);
    }

    [Fact]
    public async Task A_second_opener_is_refused()
    {
        await using var store = DocumentStore.Open("/d", Options());
        Assert.Throws<DirectoryLockedException>(() => DocumentStore.Open("/d", Options()));
    }

    [Fact]
    public async Task A_backup_restores_everything_and_versions_go_on()
    {
        await using (var store = DocumentStore.Open("/d", Options()))
        {
            for (int i = 0; i < 50; i++)
            {
                await store.PutAsync($"k{i:d2}", Bytes($"content {i}"), cancel: TestContext.Current.CancellationToken);
                if (i == 20) await store.CompactAsync(TestContext.Current.CancellationToken);
            }
            await store.DeleteAsync("k05", cancel: TestContext.Current.CancellationToken);
            Assert.Equal("/backup/documents.backup", await store.BackupAsync("/backup", TestContext.Current.CancellationToken));
            Assert.Throws<IOException>(() => DocumentStore.Restore("/backup/documents.backup", "/d", _files));
        }
        DocumentStore.Restore("/backup/documents.backup", "/restored", _files);
        for (int round = 0; round < 2; round++)
        {
            await using var restored = DocumentStore.Open("/restored", Options());
            Assert.Equal(49, restored.Verify());
            Assert.Equal("content 30", Text(restored.Get("k30")));
            Assert.Equal(52 + round, (await restored.PutAsync("k30", Bytes("content 30"), cancel: TestContext.Current.CancellationToken)).Version);
        }
    }

    [Fact]
    public async Task Writes_compact_by_themselves_and_old_segments_go()
    {
        await using (var store = DocumentStore.Open("/d", Options(compactAfter: 64 << 10)))
        {
            for (int i = 0; i < 2_000; i++) await store.PutAsync($"k{i % 100}", new byte[2000], cancel: TestContext.Current.CancellationToken);
            Assert.Null(store.CompactionFailure);
        }
        Assert.Single(_files.ListFiles("/d"), name => name.EndsWith(".snapshot", StringComparison.Ordinal));
        Assert.InRange(_files.ListFiles("/d/journal").Where(name => name.EndsWith(".journal", StringComparison.Ordinal)).Sum(name => (long)_files.ReadAll("/d/journal/" + name).Length), 1, 3 << 20);
    }

    [Fact]
    public async Task A_damaged_or_newer_snapshot_is_refused_and_a_damaged_document_is_said_when_it_is_read()
    {
        await using (var store = DocumentStore.Open("/d", Options()))
        {
            await store.PutAsync("a", Bytes("content"), cancel: TestContext.Current.CancellationToken);
            await store.PutAsync("b", Bytes("content"), cancel: TestContext.Current.CancellationToken);
            await store.CompactAsync(TestContext.Current.CancellationToken);
        }
        string path = "/d/" + _files.ListFiles("/d").Single(name => name.EndsWith(".snapshot", StringComparison.Ordinal));
        byte[] whole = _files.ReadAll(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            _files.WriteAll(path, damaged);
            var caught = await Record.ExceptionAsync(async () =>
            {
                await using var store = DocumentStore.Open("/d", Options());
                store.Verify();
            });
            Assert.True(caught is DocumentsDamagedException, $"byte {at}: {caught?.Message ?? "nothing noticed"}");
        }
        for (int length = 0; length < whole.Length; length++)
        {
            _files.WriteAll(path, whole.AsSpan(0, length));
            Assert.Throws<DocumentsDamagedException>(() => DocumentStore.Open("/d", Options()));
        }
        byte[] newer = [.. whole];
        newer[8] = 2;
        BitConverter.TryWriteBytes(newer.AsSpan(36), Crc32C.Compute(newer.AsSpan(0, 36)));
        _files.WriteAll(path, newer);
        Assert.Throws<FormatVersionException>(() => DocumentStore.Open("/d", Options()));
        _files.WriteAll(path, whole);
        await using var again = DocumentStore.Open("/d", Options());
        Assert.Equal(2, again.Verify());
    }

    [Fact]
    public async Task The_forms_on_disk_are_the_golden_ones()
    {
        // Written by version 1. If this fails, stores that were written before can no longer be read.
        await using (var store = DocumentStore.Open("/d", Options()))
        {
            await store.WriteAsync([DocumentChange.Put("é", Bytes("x")), DocumentChange.Delete("gone")], TestContext.Current.CancellationToken);
            byte[] journal = _files.ReadAll("/d/journal/" + _files.ListFiles("/d/journal").First(name => name.EndsWith(".journal", StringComparison.Ordinal)));
            Assert.Equal("1f0000003a31f1c40101000000000000000100000000000000010000000000000002000000020001000000c3a9780400ffffffff676f6e65", Convert.ToHexStringLower(journal.AsSpan(32)));
            await store.CompactAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal("4844524d444f4353010028000000000001000000000000000100000000000000000000009c4b0a93cbc3c90a935f3ca90200010000000100000000000000c3a9784844524d44454e44010000000000000072f896ca", Convert.ToHexStringLower(_files.ReadAll("/d/documents-00000000000000000001.snapshot")));
    }
}
