using Headroom.Durable.Tests.Files;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.Reading;

public sealed class MatcherResolverTests
{
    private static readonly string[] Names = ["__name__", "a", "b", "c"];
    private static readonly string[] Patterns = ["", "x", "y", "x|y", "x.*", ".*", ".+", "(x|z)?", "nothing", "x|nothing"];

    [Fact]
    public void Head_and_block_find_what_a_look_at_every_series_finds()
    {
        var random = new Random(7);
        for (int round = 0; round < 60; round++)
        {
            var all = new HashSet<Labels>();
            for (int i = random.Next(60); i >= 0; i--)
            {
                var labels = new List<Label>();
                foreach (string name in Names)
                    if (random.Next(3) > 0)
                        labels.Add(new Label(name, random.Next(5) switch { 0 => "x", 1 => "y", 2 => "xz", 3 => "é\U0001F600", _ => $"v{random.Next(20)}" }));
                if (labels.Count > 0) all.Add(Labels.From([.. labels]));
            }
            var sorted = all.Order().ToList();
            var head = new HeadIndex();
            foreach (var labels in all) head.Add(new HeadSeries(labels, 0));
            var builder = new BlockIndexBuilder(0);
            foreach (var labels in sorted) builder.Add(new SeriesEntry(labels, SeriesKinds.Floats));
            var block = new BlockIndex(builder.Build(new ByteWriter()).ToArray());

            for (int query = 0; query < 40; query++)
            {
                var matchers = Enumerable.Range(0, random.Next(4)).Select(_ => new LabelMatcher(
                    (MatchKind)random.Next(4), random.Next(10) == 0 ? "missing" : Names[random.Next(Names.Length)], Patterns[random.Next(Patterns.Length)])).ToList();
                var wanted = sorted.Where(labels => LabelMatcher.AllMatch(matchers, labels)).ToList();
                Assert.Equal(wanted, MatcherResolver.Resolve(head, matchers).Select(i => head[i].Labels).Order());
                Assert.Equal(wanted, MatcherResolver.Resolve(block, matchers).Select(block.LabelsOf));
            }
            for (int i = 0; i < sorted.Count; i++) Assert.Equal(i, block.Find(sorted[i], StableHash.Of(sorted[i])));
            var missing = Labels.Of("x", ("a", "not there"));
            Assert.Equal(-1, block.Find(missing, StableHash.Of(missing)));
        }
    }

    [Fact]
    public void A_damaged_index_is_an_error_and_never_a_crash()
    {
        var builder = new BlockIndexBuilder(0);
        for (int i = 0; i < 20; i++)
        {
            var entry = new SeriesEntry(Labels.Of($"m{i % 3}", ("i", $"{i:d2}")), SeriesKinds.Floats);
            entry.Samples.Add(new ChunkPlace(ChunkEncoding.Floats, i, i + 10, 3, 20 + i, 30));
            builder.Add(entry);
        }
        byte[] whole = builder.Build(new ByteWriter()).ToArray();
        var random = new Random(3);
        for (int round = 0; round < 4000; round++)
        {
            byte[] bytes = [.. whole];
            for (int flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(16, bytes.Length)] = (byte)random.Next(256);
            try
            {
                var index = new BlockIndex(bytes);
                foreach (string name in index.Names.Take(100)) _ = index.Values(name).Take(100).Count();
                _ = MatcherResolver.Resolve(index, [new LabelMatcher(MatchKind.Equal, "i", "03"), new LabelMatcher(MatchKind.Regex, "__name__", "m.")]);
                for (int i = 0; i < Math.Min(index.SeriesCount, 100); i++) index.Read(i, new SeriesEntry(index.LabelsOf(i), SeriesKinds.None));
            }
            catch (Exception e) when (e is DecodeException or ArgumentException or OverflowException) { }
        }
    }
}
