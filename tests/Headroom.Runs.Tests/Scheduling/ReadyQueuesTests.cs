namespace Headroom.Runs.Tests.Scheduling;

public sealed class ReadyQueuesTests
{
    private static PreparedPlan Random(Random random, int steps)
    {
        var limits = new Dictionary<string, LimitSpec> { [RunPlan.WorkersLimit] = LimitSpec.Slots(1 + random.Next(5)) };
        for (int i = random.Next(4); i > 0; i--)
            limits[$"l{i}"] = random.Next(2) == 0 ? LimitSpec.Slots(1 + random.Next(6)) : LimitSpec.Rate(0.1 + random.NextDouble() * 3, 1 + random.Next(5));
        string[] names = [.. limits.Keys];
        return PreparedPlan.From(new RunPlan
        {
            Name = "random",
            Limits = limits,
            Steps = [.. Enumerable.Range(0, steps).Select(i => new StepSpec
            {
                Id = $"s{i}",
                Action = "test",
                Estimate = TimeSpan.FromSeconds(random.Next(50)),
                Limits = names.Where(_ => random.Next(2) == 0).ToDictionary(n => n, n => random.Next(1 + (limits[n].Concurrency ?? limits[n].Burst))),
            })],
        });
    }

    [Fact]
    public void Everything_starts_in_the_end_and_what_could_start_is_never_left_waiting()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var plan = Random(random, 1 + random.Next(60));
            var queues = new ReadyQueues(plan);
            var running = new List<int>();
            int added = 0, started = 0;
            long now = 0;
            for (int rounds = 0; started < plan.Count; rounds++)
            {
                Assert.True(rounds < 20_000, $"seed {seed}: stuck with {queues.Count} waiting");
                for (int n = random.Next(5); added < plan.Count && n > 0; n--) queues.Add(added, plan.ExecuteClass[added++]);
                int step;
                while ((step = queues.Take(now)) >= 0)
                {
                    queues.Spend(plan.ExecuteClass[step], now);
                    running.Add(step);
                    started++;
                }
                if (queues.Count > 0 && running.Count == 0) Assert.True(queues.NextRefill > now, $"seed {seed}: nothing runs, nothing refills, {queues.Count} wait");
                if (running.Count > 0 && random.Next(3) > 0)
                {
                    int back = random.Next(running.Count);
                    queues.Release(plan.ExecuteClass[running[back]]);
                    running.RemoveAt(back);
                }
                else if (queues.NextRefill is { } refill && random.Next(2) == 0) now = Math.Max(now, refill);
                else now += random.NextInt64(TimeSpan.TicksPerSecond);
            }
        }
    }

    [Fact]
    public void The_most_urgent_starts_first()
    {
        var random = new Random(5);
        var plan = PreparedPlan.From(new RunPlan
        {
            Name = "order",
            Limits = new Dictionary<string, LimitSpec> { [RunPlan.WorkersLimit] = LimitSpec.Slots(1) },
            Steps = [.. Enumerable.Range(0, 100).Select(i => new StepSpec { Id = $"s{i}", Action = "test", Estimate = TimeSpan.FromSeconds(random.Next(1000)) })],
        });
        var queues = new ReadyQueues(plan);
        for (int i = 0; i < 100; i++) queues.Add(i, plan.ExecuteClass[i]);
        for (int place = 0; place < 100; place++)
        {
            int step = queues.Take(0);
            Assert.Equal(place, plan.Place[step]);
            Assert.Equal(-1, queues.Take(0));
            queues.Release(plan.ExecuteClass[step]);
        }
    }

    [Fact]
    public void A_step_that_needs_many_units_is_not_starved_by_those_that_need_few()
    {
        var plan = PreparedPlan.From(new RunPlan
        {
            Name = "many",
            Limits = new Dictionary<string, LimitSpec> { ["slots"] = LimitSpec.Slots(4) },
            Steps =
            [
                new StepSpec { Id = "big", Action = "test", Estimate = TimeSpan.FromSeconds(100), Limits = new Dictionary<string, int> { ["slots"] = 4 } },
                .. Enumerable.Range(0, 50).Select(i => new StepSpec { Id = $"s{i}", Action = "test", Limits = new Dictionary<string, int> { ["slots"] = 1 } }),
            ],
        });
        var queues = new ReadyQueues(plan);
        for (int i = 1; i <= 4; i++) queues.Add(i, plan.ExecuteClass[i]);
        for (int i = 0; i < 4; i++) Assert.True(queues.Take(0) > 0);
        queues.Add(0, plan.ExecuteClass[0]);
        for (int i = 5; i < 51; i++) queues.Add(i, plan.ExecuteClass[i]);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(-1, queues.Take(0));
            queues.Release(plan.ExecuteClass[1]);
        }
        Assert.Equal(0, queues.Take(0));
    }

    [Fact]
    public void A_rate_serves_its_burst_and_then_its_rate()
    {
        var plan = PreparedPlan.From(new RunPlan
        {
            Name = "rate",
            Limits = new Dictionary<string, LimitSpec> { ["api"] = LimitSpec.Rate(2, 3), [RunPlan.WorkersLimit] = LimitSpec.Slots(100) },
            Steps = [.. Enumerable.Range(0, 20).Select(i => new StepSpec { Id = $"s{i}", Action = "test", Limits = new Dictionary<string, int> { ["api"] = 1 } })],
        });
        var queues = new ReadyQueues(plan);
        for (int i = 0; i < 20; i++) queues.Add(i, plan.ExecuteClass[i]);
        var times = new List<double>();
        for (long now = 0; queues.Count > 0; now = queues.NextRefill ?? now)
        {
            while (queues.Take(now) is >= 0 and var step)
            {
                queues.Spend(plan.ExecuteClass[step], now);
                times.Add(TimeSpan.FromTicks(now).TotalSeconds);
            }
        }
        Assert.Equal([0, 0, 0, .. Enumerable.Range(1, 17).Select(i => i * 0.5)], times);
    }

    [Fact]
    public void Calls_that_a_slow_disk_held_up_do_not_leave_it_as_a_burst()
    {
        var plan = PreparedPlan.From(new RunPlan
        {
            Name = "held",
            Limits = new Dictionary<string, LimitSpec> { ["api"] = LimitSpec.Rate(1, 2) },
            Steps = [.. Enumerable.Range(0, 10).Select(i => new StepSpec { Id = $"s{i}", Action = "test", Limits = new Dictionary<string, int> { ["api"] = 1 } })],
        });
        var queues = new ReadyQueues(plan);
        for (int i = 0; i < 10; i++) queues.Add(i, plan.ExecuteClass[i]);
        Assert.True(queues.Take(0) >= 0);
        Assert.True(queues.Take(0) >= 0);
        long later = TimeSpan.FromSeconds(60).Ticks;
        Assert.Equal(-1, queues.Take(later));
        queues.Spend(plan.ExecuteClass[0], later);
        queues.Spend(plan.ExecuteClass[1], later);
        Assert.Equal(-1, queues.Take(later));
        Assert.Equal(TimeSpan.FromSeconds(61).Ticks, queues.NextRefill);
    }

    [Fact]
    public void An_indexed_heap_agrees_with_a_sorted_list()
    {
        var random = new Random(9);
        var heap = new IndexedHeap(IndexedHeap.Positions(200));
        var model = new SortedSet<(long Key, int Item)>();
        for (int i = 0; i < 50_000; i++)
        {
            int item = random.Next(200);
            var known = model.FirstOrDefault(e => e.Item == item, (-1, -1));
            if (random.Next(3) == 0)
            {
                heap.Clear(item);
                model.Remove(known);
            }
            else
            {
                long key = random.Next(50);
                model.Remove(known);
                model.Add((key, item));
                heap.Set(item, key);
            }
            Assert.Equal(model.Count, heap.Count);
            if (model.Count > 0) Assert.Equal(model.Min, (heap.PeekKey, heap.Peek));
        }
    }
}
