using Headroom.Load.Generator;
using Headroom.Load.Measurement;

namespace Headroom.Load.Tests.Measurement;

public sealed class MeasurementTests
{
    private static readonly MeasuredShape Shape = new([new RequestKind(0, "a", "s", "GET", new Dictionary<string, string>())], [], []);

    [Fact]
    public void Percentiles_over_workers_and_seconds_are_those_of_all_values_together()
    {
        var random = new Random(1);
        var all = new List<double>();
        var total = new Measured(Shape);
        for (int part = 0; part < 50; part++)
        {
            var data = new SecondData(Shape);
            // Workers that see different systems: an average of their percentiles would be wrong.
            for (int i = 0; i < 1000; i++)
            {
                double value = (part % 2 == 0 ? 0.005 : 0.050) * (1 + random.NextDouble());
                all.Add(value);
                data.Record(0, 200, value, value);
            }
            total.Add(data);
        }
        all.Sort();
        var times = total.Times(service: false, _ => true, _ => true);
        foreach (double q in (double[])[0.5, 0.9, 0.95, 0.99, 0.999])
            Assert.InRange(times.Quantile(q) / all[(int)Math.Ceiling(q * all.Count) - 1], 1 - 0.00542, 1 + 0.00542);
        Assert.Equal((all[0], all[^1]), (times.Min, times.Max));
        Assert.Equal(all.Average(), times.Mean, 9);
    }

    [Fact]
    public void The_course_of_a_run_keeps_everything_in_bounded_slots()
    {
        var slots = new TimeSlots(most: 10);
        var data = new SecondData(Shape);
        for (int second = 0; second < 95; second++)
        {
            data.Clear();
            data.Second = second;
            for (int i = 0; i <= second; i++) data.Record(0, second % 2 == 0 ? 200 : 500, 0.01, 0.01 + second * 0.001);
            slots.Add(data);
        }
        Assert.Equal((10, 16), (slots.Width <= 16 ? 10 : 0, slots.Width));
        Assert.True(slots.All.Count <= 10);
        Assert.Equal(95 * 96 / 2, slots.All.Sum(s => s.Outcomes.Values.Sum(o => o.Count)));
        Assert.Equal(95 * 96 / 2, slots.All.Sum(s => s.Outcomes.Values.Sum(o => o.Response!.Count)));
        Assert.Equal(0.01 + 94 * 0.001, slots.All[^1].Outcomes.Values.Max(o => o.Max), 9);
        Assert.Equal([0, 16, 32], slots.All.Take(3).Select(s => s.Second));
    }

    [Fact]
    public void A_server_that_invents_statuses_cannot_grow_the_memory()
    {
        var data = new SecondData(Shape);
        for (int i = 0; i < 10_000; i++) data.Record(0, 100 + i % 500, 0.01, 0.01);
        Assert.True(data.Kinds[0].Outcomes.Count <= KindData.MostOutcomes + 5);
        Assert.Equal(10_000, data.Kinds[0].Outcomes.Sum(o => o.Count));
    }

    [Fact]
    public void Recording_allocates_nothing_once_it_is_warm()
    {
        var data = new SecondData(Shape);
        var random = new Random(2);
        double[] values = [.. Enumerable.Range(0, 1000).Select(_ => 0.001 * (1 + random.NextDouble()))];
        foreach (double value in values) data.Record(0, 200, value, value);
        data.Clear();
        foreach (double value in values) data.Record(0, 200, value, value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (double value in values) data.Record(0, 200, value, value);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(99, 0, 0, false, false, true)]   // as fast as it can, nothing to judge: valid, with a note
    [InlineData(99, 0, 0, false, true, false)]   // the same with thresholds: its own queue would be judged
    [InlineData(99, 0.1, 0, true, true, true)]   // busy, but on time
    [InlineData(99, 2, 0, true, true, false)]    // busy and late
    [InlineData(30, 11, 0, true, false, false)]  // late
    [InlineData(30, 0, 2, true, false, false)]   // arrivals missing
    [InlineData(30, 0, 1, true, false, true)]    // one in a thousand
    [InlineData(30, 0, 0, false, true, true)]
    public void A_run_counts_only_when_the_generator_carried_it(double cpu, double lag, long dropped, bool open, bool judged, bool valid)
    {
        var report = new GeneratorReport(cpu, lag, lag, dropped, open ? 1000 : 0, 0, 0, 0, 0, 1, 1);
        Assert.Equal(valid, GeneratorVerdict.Judge(report, open, judged, 10, 10).Invalid.Count == 0);
    }

    [Fact]
    public void No_ports_no_files_and_long_collections_make_a_run_invalid()
    {
        var report = new GeneratorReport(10, 0, 0, 0, 0, 500, 200, 3, 4, 1, 1);
        Assert.Equal(3, GeneratorVerdict.Judge(report, false, false, 10, 10).Invalid.Count);
    }
}
