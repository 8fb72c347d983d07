using System.Diagnostics;
using Headroom.CrashHost;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage;

/// <summary>
/// Kills a real process with SIGKILL while it writes, flushes and merges, again and again on one directory.
/// </summary>
public sealed class KillTests
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1";

    [Fact]
    public async Task After_kill_9_every_acknowledged_sample_is_there_and_nothing_was_invented()
    {
        string directory = Directory.CreateTempSubdirectory("headroom-kill-").FullName;
        try
        {
            var random = new Random(20260101);
            int[] next = new int[Workload.Writers];
            for (int round = 0; round < (Long ? 50 : 10); round++)
            {
                int[] acknowledged = await WriteAndKill(directory, next, acknowledgements: random.Next(1, 1500), spin: random.Next(0, 200_000));
                await using var store = EmbeddedStore.Open(Workload.Options(directory));
                for (int writer = 0; writer < Workload.Writers; writer++)
                    next[writer] = Verify(store, writer, Math.Max(acknowledged[writer], next[writer]));
            }
            Assert.All(next, n => Assert.True(n > 100));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Gives for each writer one more than its last acknowledged request.
    private static async Task<int[]> WriteAndKill(string directory, int[] first, int acknowledgements, int spin)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using var process = Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "Headroom.CrashHost.dll"), directory, .. first.Select(n => $"{n}")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(StoreFixture.None);
            int[] acknowledged = [.. first];
            int seen = 0;
            while (await process.StandardOutput.ReadLineAsync(StoreFixture.None) is { } line)
            {
                string[] parts = line.Split(' ');
                // A line that the kill cut short is no acknowledgement.
                if (parts.Length == 2 && int.TryParse(parts[0], out int writer) && int.TryParse(parts[1], out int request) && request == acknowledged[writer])
                    acknowledged[writer] = request + 1;
                if (++seen != acknowledgements) continue;
                Thread.SpinWait(spin);
                process.Kill();
            }
            await process.WaitForExitAsync(StoreFixture.None);
            Assert.True(seen >= acknowledgements, await errors);
            const int Killed = 128 + 9;
            Assert.Equal(Killed, process.ExitCode);
            return acknowledged;
        }
        finally
        {
            process.Kill();
        }
    }

    // Gives the number of requests that are in the store: those acknowledged, and perhaps the one that was under way.
    private static int Verify(EmbeddedStore store, int writer, int acknowledged)
    {
        var floats = ReadOnly(store, Workload.FloatSeries(writer));
        int requests = floats.Count;
        Assert.InRange(requests, acknowledged, acknowledged + 1);
        for (int i = 0; i < requests; i++) Assert.Equal((Workload.TimeOf(i), (double)i), (floats.Times[i], floats.Values[i]));

        var observed = ReadOnly(store, Workload.ObservedSeries(writer));
        double sum = 0;
        for (int i = 0; i < requests; i++)
            for (int k = 0; k < Workload.ObservationsPerRequest; k++)
                sum += Workload.ObservationOf(i, k);
        Assert.Equal((0d, (double)requests * Workload.ObservationsPerRequest), (observed.HistogramAt(0)!.Count, observed.HistogramAt(observed.Count - 1)!.Count));
        Assert.Equal(sum, observed.HistogramAt(observed.Count - 1)!.Sum);
        for (int i = 1; i < observed.Count; i++) Assert.True(observed.HistogramAt(i)!.Count > observed.HistogramAt(i - 1)!.Count);

        var raw = RawOf(store, "crash_float", Workload.FloatSeries(writer));
        Assert.Equal(Enumerable.Range(0, requests).Select(i => ((double)i, Workload.NoteOf(writer, i))), raw);
        Assert.Equal(requests * Workload.ObservationsPerRequest, RawOf(store, "crash_observed", Workload.ObservedSeries(writer)).Count);
        return requests;
    }

    private static List<(double, SampleNote?)> RawOf(EmbeddedStore store, string metric, Labels labels)
    {
        var samples = store.ReadRawSamples(null, metric, 0, long.MaxValue, int.MaxValue).Samples.Where(s => s.Labels.Equals(labels)).Select(s => (s.Value, s.Note)).ToList();
        samples.Reverse();
        return samples;
    }

    private static SampleBuffer ReadOnly(EmbeddedStore store, Labels labels) =>
        StoreFixture.Samples(Assert.Single(store.Select([.. labels.Select(l => new LabelMatcher(MatchKind.Equal, l.Name, l.Value))], 0, long.MaxValue)));
}
