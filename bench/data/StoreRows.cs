using System.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.Storage;

namespace Headroom.Bench.Data;

/// <summary>What the store makes of the data, a line a figure.</summary>
internal static class StoreRows
{
    /// <summary>Bytes on disk a sample, once all is in blocks and they are merged.</summary>
    public static async Task DiskAsync(DataOptions options)
    {
        Clear(options);
        await using (var store = Open(options, new EmbeddedStoreOptions { Directory = options.Directory, Background = false }))
        {
            long samples = 0;
            foreach (var request in Requests(options, reuse: true))
            {
                samples += (await store.AppendAsync(request)).Accepted;
                // As the background does, after two hours of data.
                if (samples % (options.Series * 480L) < options.Batch) await store.FlushAsync();
            }
            await store.FlushAsync();
            var before = store.Stats();
            await store.CompactAsync(all: true);
            var after = store.Stats();
            Console.WriteLine($"{samples:n0} samples of {options.Series:n0} series: {before.BlockBytes / (double)samples:f3} B/sample in {before.Blocks} blocks, {after.BlockBytes / (double)samples:f3} B/sample merged into {after.Blocks}");
            foreach (string file in Directory.EnumerateFiles(Path.Combine(options.Directory, "blocks"), "*", SearchOption.AllDirectories))
                Console.WriteLine($"  {Path.GetFileName(file)}: {new FileInfo(file).Length:n0} bytes, {new FileInfo(file).Length / (double)samples:f3} B/sample");
        }
        Clear(options);
    }

    /// <summary>Samples a CPU second through <see cref="EmbeddedStore.AppendAsync"/>, flushes and merges included.</summary>
    public static async Task AppendAsync(DataOptions options)
    {
        Clear(options);
        var requests = Requests(options).ToList();
        long samples = requests.Sum(request => (long)request.Count);
        await using (var store = Open(options, new EmbeddedStoreOptions { Directory = options.Directory }))
        {
            GC.Collect();
            long allocated = GC.GetTotalAllocatedBytes();
            var cpu = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            foreach (var request in requests) await store.AppendAsync(request);
            var (append, appendCpu) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu);
            await store.FlushAsync();
            await store.CompactAsync();
            var (all, allCpu) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu);
            Console.WriteLine($"append: {samples / append.TotalSeconds:n0} samples/s, {samples / appendCpu.TotalSeconds:n0} samples a CPU second; with the last flush and merges {samples / all.TotalSeconds:n0} and {samples / allCpu.TotalSeconds:n0}; {(GC.GetTotalAllocatedBytes() - allocated) / (double)samples:f1} B allocated a sample; {store.Stats().Blocks} blocks");
        }
        Clear(options);
    }

    /// <summary>What encoding and decoding a chunk of 256 samples costs, over a day of every series.</summary>
    public static void Codec(DataOptions options)
    {
        var hosts = options.Hosts();
        double[] row = new double[NodeExporter.SeriesPerHost];
        var values = hosts.SelectMany(host => Enumerable.Range(0, host.Series).Select(_ => new double[options.Rounds])).ToArray();
        for (int round = 0; round < options.Rounds; round++)
        {
            int at = 0;
            foreach (var (host, count) in hosts)
            {
                host.Next(options.Start + (long)round * options.Step, options.Step, row.AsSpan(0, count));
                for (int i = 0; i < count; i++) values[at++][round] = row[i];
            }
        }
        long[] times = [.. Enumerable.Range(0, options.Rounds).Select(i => (options.Start + (long)i * options.Step) * 1000)];
        foreach (int size in (int[])[16, 64, 256, 1024])
        {
            var into = new ByteWriter();
            var ends = new List<int>();
            for (int turn = 0; turn < 2; turn++)
            {
                into.Clear();
                ends.Clear();
                var cpu = Environment.CpuUsage.TotalTime;
                foreach (double[] series in values)
                    for (int start = 0; start + size <= series.Length; start += size)
                    {
                        NumberChunk.Encode(times.AsSpan(start, size), series.AsSpan(start, size), into);
                        ends.Add(into.Length);
                    }
                double encode = (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds;
                var buffer = new SampleBuffer();
                cpu = Environment.CpuUsage.TotalTime;
                for (int i = 0, start = 0; i < ends.Count; start = ends[i++])
                {
                    buffer.Clear();
                    NumberChunk.Decode(into.Written[start..ends[i]], long.MinValue, long.MaxValue, buffer);
                }
                double decode = (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds;
                double samples = (double)ends.Count * size;
                if (turn == 1) Console.WriteLine($"chunks of {size}: {into.Length / samples:f3} B, {encode / samples:f1} ns to encode, {decode / samples:f1} ns to decode a sample");
            }
        }
    }

    /// <summary>Seconds of CPU a flush takes, and a merge of all blocks.</summary>
    public static async Task FlushAsync(DataOptions options)
    {
        Clear(options);
        await using (var store = Open(options, new EmbeddedStoreOptions { Directory = options.Directory, Background = false, MaxSeries = options.Series + 1000 }))
        {
            int half = 0;
            long samples = 0;
            foreach (var request in Requests(options))
            {
                samples += (await store.AppendAsync(request)).Accepted;
                if (half == 0 && samples * 2 < (long)options.Series * options.Rounds) continue;
                if (half++ == 0) await Timed("flush", store.Stats().PendingSamples, () => store.FlushAsync());
            }
            await Timed("flush", store.Stats().PendingSamples, () => store.FlushAsync());
            await Timed("merge", samples, () => store.CompactAsync(all: true));
            await Timed("verify", samples, async () => await store.VerifyAsync());
        }
        Clear(options);

        static async Task Timed(string what, long samples, Func<Task> run)
        {
            long allocated = GC.GetTotalAllocatedBytes();
            var cpu = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            await run();
            double seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            Console.WriteLine($"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:f2} s, {seconds:f2} s of CPU, {seconds * 1e9 / samples:f0} ns a sample, {(GC.GetTotalAllocatedBytes() - allocated) / (double)samples:f0} B allocated a sample; {Environment.WorkingSet >> 20:n0} MiB resident");
        }
    }

    /// <summary>Resident memory with so many active series.</summary>
    public static async Task MemoryAsync(DataOptions options)
    {
        Clear(options);
        await using (var store = Open(options, new EmbeddedStoreOptions { Directory = options.Directory, MaxSeries = options.Series + 1000 }))
        {
            long peak = 0;
            long accepted = 0;
            int round = 0;
            var requests = Requests(options, reuse: true).GetEnumerator();
            requests.MoveNext();
            // The labels are the store's as well; what remains of this at the end is not.
            Console.WriteLine($"the generator: {GC.GetTotalMemory(true) >> 20:n0} MiB, labels included");
            do
            {
                var request = requests.Current;
                accepted += (await store.AppendAsync(request)).Accepted;
                peak = Math.Max(peak, Environment.WorkingSet);
                if (accepted / options.Series <= round) continue;
                round = (int)(accepted / options.Series);
                if (round % Math.Max(1, options.Rounds / 10) == 0)
                    Console.WriteLine($"  {round} samples each: {Environment.WorkingSet >> 20:n0} MiB resident, {GC.GetTotalMemory(false) >> 20:n0} MiB managed, {store.Stats().Blocks} blocks, {store.Stats().PendingSamples:n0} samples pending");
            }
            while (requests.MoveNext());
            Console.WriteLine($"live at the end: {GC.GetTotalMemory(true) >> 20:n0} MiB; {store.Stats().PendingSamples:n0} samples pending");
            Console.WriteLine($"{store.Stats().ActiveSeries:n0} active series: {peak >> 20:n0} MiB resident at most, the generator's own included");
        }
        Clear(options);
    }

    private static EmbeddedStore Open(DataOptions options, EmbeddedStoreOptions store)
    {
        Directory.CreateDirectory(options.Directory);
        return EmbeddedStore.Open(store);
    }

    private static void Clear(DataOptions options)
    {
        if (Directory.Exists(options.Directory)) Directory.Delete(options.Directory, recursive: true);
    }

    // With reuse a request is good until the next one is asked for.
    private static IEnumerable<WriteRequest> Requests(DataOptions options, bool reuse = false)
    {
        var hosts = options.Hosts();
        double[] values = new double[NodeExporter.SeriesPerHost];
        var request = new WriteRequest();
        for (int round = 0; round < options.Rounds; round++)
        {
            long seconds = options.Start + (long)round * options.Step;
            foreach (var (host, count) in hosts)
            {
                host.Next(seconds, options.Step, values.AsSpan(0, count));
                for (int i = 0; i < count; i++) request.Samples.Add(new FloatSample(host.Series[i].Labels, seconds * 1000, values[i]));
                if (request.Count < options.Batch) continue;
                yield return request;
                if (reuse) request.Samples.Clear();
                else request = new WriteRequest();
            }
        }
        if (request.Count > 0) yield return request;
    }
}
