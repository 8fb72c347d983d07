using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Documents;

/// <summary>The store dies at every single operation on the disk, by death of the process and by loss of power.</summary>
public sealed class DocumentCrashTests
{
    private static DocumentStoreOptions Options(MemoryFileLayer files) => new() { Files = files };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_moment_it_dies_at_what_was_acknowledged_is_there(bool powerLoss)
    {
        int died = 0;
        for (int operations = 0; ; operations++)
        {
            var files = new MemoryFileLayer { DieAfterOperations = operations };
            var acknowledged = new Dictionary<string, byte[]?>();
            var attempted = new Dictionary<string, byte[]?>();
            await Script(files, acknowledged, attempted);
            if (!files.Dead) break;
            died++;
            await Check(powerLoss ? files.AfterPowerLoss() : files.AfterKill(), acknowledged, attempted, $"after {operations} operations");
        }
        Assert.True(died > 50, $"only {died} places to die");
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_and_loses_nothing()
    {
        for (int budget = 0; budget < 9_000; budget += 61)
        {
            var files = new MemoryFileLayer { WriteBudget = budget };
            var acknowledged = new Dictionary<string, byte[]?>();
            var attempted = new Dictionary<string, byte[]?>();
            await Script(files, acknowledged, attempted);
            await Check(files.AfterKill(), acknowledged, attempted, $"with {budget} bytes");
        }
    }

    [Fact]
    public async Task A_failed_fsync_ends_writing()
    {
        var files = new MemoryFileLayer();
        var store = DocumentStore.Open("/d", Options(files));
        await store.PutAsync("a", new byte[] { 1 }, cancel: TestContext.Current.CancellationToken);
        files.FailSyncs = true;
        await Assert.ThrowsAsync<JournalFaultedException>(async () => await store.PutAsync("a", new byte[] { 2 }, cancel: TestContext.Current.CancellationToken));
        files.FailSyncs = false;
        await Assert.ThrowsAsync<JournalFaultedException>(async () => await store.PutAsync("b", new byte[] { 3 }, cancel: TestContext.Current.CancellationToken));
        Assert.Equal(1, store.Get("a")!.Content.Span[0]);
    }

    // Two lives, with compactions, over few keys, so that every document is written, replaced and deleted.
    private static async Task Script(MemoryFileLayer files, Dictionary<string, byte[]?> acknowledged, Dictionary<string, byte[]?> attempted)
    {
        var random = new Random(11);
        try
        {
            for (int life = 0; life < 2; life++)
            {
                await using var store = DocumentStore.Open("/d", Options(files));
                for (int i = 0; i < 25; i++)
                {
                    string key = $"k{random.Next(6)}";
                    byte[]? content = random.Next(4) == 0 ? null : new byte[random.Next(200)];
                    if (content is not null) random.NextBytes(content);
                    attempted[key] = content;
                    if (content is null) await store.DeleteAsync(key);
                    else await store.PutAsync(key, content);
                    acknowledged[key] = content;
                    attempted.Remove(key);
                    if (random.Next(8) == 0) await store.CompactAsync();
                }
            }
        }
        catch (IOException)
        {
            // Dead, or the disk is full; what was acknowledged until now is what counts.
        }
    }

    private static async Task Check(MemoryFileLayer files, Dictionary<string, byte[]?> acknowledged, Dictionary<string, byte[]?> attempted, string when)
    {
        await using var store = DocumentStore.Open("/d", Options(files));
        foreach (var (key, content) in acknowledged)
        {
            byte[]? found = store.Get(key)?.Content.ToArray();
            // A write that was not acknowledged may be there or not.
            bool right = Same(found, content) || (attempted.TryGetValue(key, out var other) && Same(found, other));
            Assert.True(right, $"{when}: {key} is not what was acknowledged");
        }
        Assert.Equal(store.List().Count, store.Verify());
        await store.PutAsync("after", new byte[] { 1 });
        await store.CompactAsync();
        Assert.NotNull(store.Get("after"));
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
}
