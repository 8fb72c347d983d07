using Headroom.Durable.Tests.Files;

namespace Headroom.Durable.Tests.Documents;

public sealed class DocumentModelTests
{
    [Fact]
    public async Task The_store_agrees_with_a_sorted_dictionary()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var files = new MemoryFileLayer();
            var model = new SortedDictionary<string, (long Version, byte[] Content)>(StringComparer.Ordinal);
            long version = 0;
            var store = DocumentStore.Open("/d", new DocumentStoreOptions { Files = files, CompactAfterBytes = 1024 + random.Next(20_000) });
            for (int i = 0; i < 400; i++)
            {
                string key = $"{(char)('a' + random.Next(3))}/{random.Next(40)}";
                switch (random.Next(20))
                {
                    case < 11:
                        var content = new byte[random.Next(300)];
                        random.NextBytes(content);
                        long? expected = random.Next(3) == 0 ? random.Next(2) == 0 ? model.GetValueOrDefault(key).Version : random.Next(400) : null;
                        var put = await store.PutAsync(key, content, expected, TestContext.Current.CancellationToken);
                        Assert.Equal(expected is null || expected == model.GetValueOrDefault(key).Version, put.IsWritten);
                        if (put.IsWritten) model[key] = (++version, content);
                        break;
                    case < 14:
                        await store.DeleteAsync(key, cancel: TestContext.Current.CancellationToken);
                        version++;
                        model.Remove(key);
                        break;
                    case < 15:
                        await store.CompactAsync(TestContext.Current.CancellationToken);
                        break;
                    case < 16:
                        await store.DisposeAsync();
                        store = DocumentStore.Open("/d", new DocumentStoreOptions { Files = files, CompactAfterBytes = 1024 + random.Next(20_000) });
                        break;
                    default:
                        string prefix = random.Next(2) == 0 ? "" : key[..random.Next(1, key.Length)];
                        string? after = random.Next(2) == 0 ? null : $"{(char)('a' + random.Next(3))}/{random.Next(40)}";
                        int limit = 1 + random.Next(50);
                        var wanted = model.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(e.Key, after) > 0)).Take(limit);
                        Assert.Equal(wanted.Select(e => new DocumentEntry(e.Key, e.Value.Version, e.Value.Content.Length)), store.List(prefix, after, limit));
                        break;
                }
                Assert.Equal(model.TryGetValue(key, out var there) ? there.Content : null, store.Get(key)?.Content.ToArray());
            }
            Assert.Equal((version, model.Count), (store.LastVersion, store.Verify()));
            await store.DisposeAsync();
        }
    }
}
