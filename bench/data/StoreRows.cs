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
            foreach (var request in Requests(options))
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

    /// <summary>Resident memory with so many active series.</summary>
    public static async Task MemoryAsync(DataOptions options)
    {
        Clear(options);
        await using (var store = Open(options, new EmbeddedStoreOptions { Directory = options.Directory, MaxSeries = options.Series + 1000 }))
        {
            long peak = 0;
            long accepted = 0;
            int round = 0;
            foreach (var request in Requests(options))
            {
                accepted += (await store.AppendAsync(request)).Accepted;
                peak = Math.Max(peak, Environment.WorkingSet);
                if (accepted / options.Series <= round) continue;
                round = (int)(accepted / options.Series);
                if (round % Math.Max(1, options.Rounds / 10) == 0)
                    Console.WriteLine($"  {round} samples each: {Environment.WorkingSet >> 20:n0} MiB resident, {GC.GetTotalMemory(false) >> 20:n0} MiB managed, {store.Stats().Blocks} blocks, {store.Stats().PendingSamples:n0} samples pending");
            }
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

    // A request is used up before the next one is made; lists are made anew, since a caller may keep them.
    private static IEnumerable<WriteRequest> Requests(DataOptions options)
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
                request = new WriteRequest();
            }
        }
        if (request.Count > 0) yield return request;
    }
}
