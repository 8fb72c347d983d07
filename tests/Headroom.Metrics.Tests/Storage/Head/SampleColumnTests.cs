using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.Head;

public sealed class SampleColumnTests
{
    private readonly ColumnMemory _memory = new();

    [Theory]
    [InlineData("ascending")]
    [InlineData("descending")]
    [InlineData("random")]
    [InlineData("two streams")]
    public void Samples_stand_in_time_order_whatever_order_they_come_in(string order)
    {
        var random = new Random(31);
        var column = new SampleColumn(raw: false);
        var wanted = new SortedDictionary<long, double>();
        for (int i = 0; i < 5000; i++)
        {
            long time = order switch { "ascending" => i, "descending" => -i, "two streams" => i % 2 * 100_000 + i, _ => random.Next(20_000) };
            bool fresh = wanted.TryAdd(time, i);
            Assert.Equal(fresh ? Insertion.Added : Insertion.Different, column.Insert(time, i, null, _memory));
            Assert.Equal(Insertion.Same, column.Insert(time, wanted[time], null, _memory));
        }
        Assert.Equal(wanted.Select(s => (s.Key, s.Value)), Read(column.View()));
        Assert.Equal((wanted.Count, wanted.First().Key, wanted.Last().Key), (column.Samples, column.First, column.Last));
        foreach (var (time, value) in wanted.Take(500))
        {
            Assert.Equal(Insertion.Same, column.Find(time, value, null, _memory));
            Assert.Equal(Insertion.Different, column.Find(time, value + 1, null, _memory));
        }
        Assert.Equal(Insertion.Added, column.Find(500_000, 0, null, _memory));
    }

    [Fact]
    public void Views_stay_as_they_were_taken()
    {
        var random = new Random(32);
        for (int round = 0; round < 20; round++)
        {
            var column = new SampleColumn(raw: false);
            var views = new List<(ColumnView View, List<(long, double)> Wanted)>();
            for (int i = 0; i < 3000; i++)
            {
                column.Insert(random.Next(3) == 0 ? random.Next(i * 4 + 1) : i * 4, i, null, _memory);
                if (random.Next(100) > 0) continue;
                var view = column.View();
                _memory.Generation++;
                views.Add((view, Read(view)));
            }
            foreach (var (view, wanted) in views) Assert.Equal(wanted, Read(view));
        }
    }

    [Fact]
    public void Raw_entries_of_one_time_keep_their_order_of_arrival()
    {
        var random = new Random(33);
        var column = new SampleColumn(raw: true);
        var wanted = new List<(long Time, double Value)>();
        for (int i = 0; i < 3000; i++)
        {
            long time = random.Next(40);
            column.Insert(time, i, null, _memory);
            wanted.Add((time, i));
        }
        var entries = new List<RawEntry>();
        var view = column.View();
        for (int i = 0; i < view.Count; i++) RawEntry.Merge([view[i]], entries);
        Assert.Equal(wanted.OrderBy(e => e.Time), entries.Select(e => (e.Time, e.Value)));
    }

    [Fact]
    public void Full_leaves_are_packed()
    {
        var column = new SampleColumn(raw: false);
        for (int i = 0; i < 100_000; i++) column.Insert(i * 1000L, 1, null, _memory);
        var view = column.View();
        Assert.Equal(view.Count - 1, Enumerable.Range(0, view.Count).Count(i => view[i].Encoding == ChunkEncoding.Numbers));
    }

    [Fact]
    public void Floats_and_histograms_may_alternate()
    {
        var column = new SampleColumn(raw: false);
        for (int i = 0; i < 1000; i++) column.Insert(i, i, i / 50 % 2 == 0 ? null : StoreFixture.Histogram(i), _memory);
        for (int i = 0; i < 1000; i++) Assert.Equal(Insertion.Same, column.Find(i, i / 50 % 2 == 0 ? i : 0, i / 50 % 2 == 0 ? null : StoreFixture.Histogram(i), _memory));
        Assert.Equal(Insertion.Different, column.Find(10, 0, StoreFixture.Histogram(10), _memory));
        Assert.Equal(Insertion.Different, column.Find(60, 60, null, _memory));
    }

    private static List<(long, double)> Read(ColumnView view)
    {
        var samples = new SampleBuffer();
        for (int i = 0; i < view.Count; i++) view[i].ReadInto(long.MinValue, long.MaxValue, samples);
        return [.. Enumerable.Range(0, samples.Count).Select(i => (samples.Times[i], samples.Values[i]))];
    }
}
