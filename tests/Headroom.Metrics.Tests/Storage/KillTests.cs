using System.Diagnostics;
using Headroom.CrashHost;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage;

/// <summary>
/// Kills a real process with SIGKILL while it writes, flushes, merges, rolls up and deletes, again and again on one directory.
/// </summary>
public sealed class KillTests
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1";

    private readonly HashSet<(int Writer, int Last)> _deleted = [];

    [Fact]
    public async Task After_kill_9_every_acknowledged_sample_is_there_and_nothing_was_invented()
    {
        string directory = Directory.CreateTempSubdirectory("headroom-kill-").FullName;
        try
        {
            var random = new Random(20260101);
            int[] next = new int[Workload.Writers];
            for (int round = 0; round < (Long ? 200 : 20); round++)
            {
                int[] acknowledged = await WriteAndKill(directory, next, acknowledgements: random.Next(1, 1500), spin: random.Next(0, 200_000));
                await using var store = EmbeddedStore.Open(Workload.Options(directory));
                for (int writer = 0; writer < Workload.Writers; writer++)
                    next[writer] = Verify(store, writer, Math.Max(acknowledged[writer], next[writer]));
                await store.VerifyAsync(StoreFixture.None);
            }
            Assert.All(next, n => Assert.True(n > 100));
            await using var last = EmbeddedStore.Open(Workload.Options(directory));
            Assert.True(last.ResolutionAt(Workload.Start) > 0);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Gives for each writer one more than its last acknowledged request.
    private async Task<int[]> WriteAndKill(string directory, int[] first, int acknowledgements, int spin)
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
                if (parts is [_, _, "deleted"]) _deleted.Add((int.Parse(parts[0]), int.Parse(parts[1])));
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
    private int Verify(EmbeddedStore store, int writer, int acknowledged)
    {
        // Of what was rolled up some samples are left, and how many there were and their sum.
        var floats = ReadOnly(store, Workload.FloatSeries(writer));
        for (int i = 0; i < floats.Count; i++) Assert.Equal(Workload.TimeOf((int)floats.Values[i]), floats.Times[i]);
        int requests = (int)ReadOnly(store, Workload.FloatSeries(writer), SampleAggregate.Count).Values.ToArray().Sum();
        Assert.InRange(requests, acknowledged, acknowledged + 1);
        Assert.Equal(requests - 1, floats.Values[^1]);
        Assert.Equal((double)requests * (requests - 1) / 2, ReadOnly(store, Workload.FloatSeries(writer), SampleAggregate.Sum).Values.ToArray().Sum());
        Assert.Equal(requests, floats.Values.ToArray().Distinct().Count() + RolledUp(store, floats, requests));

        VerifyDeletions(store, writer, requests);
        int exemplars = store.Exemplars([[.. Workload.FloatSeries(writer).Select(l => new LabelMatcher(MatchKind.Equal, l.Name, l.Value))]], 0, long.MaxValue).Count;
        Assert.InRange(exemplars, 1, 1000);

        var observed = ReadOnly(store, Workload.ObservedSeries(writer));
        double sum = 0;
        for (int i = 0; i < requests; i++)
            for (int k = 0; k < Workload.ObservationsPerRequest; k++)
                sum += Workload.ObservationOf(i, k);
        Assert.Equal((0d, (double)requests * Workload.ObservationsPerRequest), (observed.HistogramAt(0)!.Count, observed.HistogramAt(observed.Count - 1)!.Count));
        Assert.Equal(sum, observed.HistogramAt(observed.Count - 1)!.Sum);
        for (int i = 1; i < observed.Count; i++) Assert.True(observed.HistogramAt(i)!.Count > observed.HistogramAt(i - 1)!.Count);

        // Raw ones may be left of a writer that is behind the others; whatever is, is what was posted.
        var raw = RawOf(store, "crash_float", Workload.FloatSeries(writer)).ToList();
        Assert.All(raw, r => Assert.Equal((Workload.TimeOf((int)r.Value), Workload.NoteOf(writer, (int)r.Value)), (r.Time, r.Note)));
        Assert.Equal(raw.Select(r => r.Value).Distinct(), raw.Select(r => r.Value));
        int firstRaw = Enumerable.Range(0, requests).FirstOrDefault(i => store.ResolutionAt(Workload.TimeOf(i)) == 0, requests);
        Assert.Empty(Enumerable.Range(firstRaw, requests - firstRaw).Except(raw.Select(r => (int)r.Value)));
        Assert.Equal((requests - firstRaw) * Workload.ObservationsPerRequest, RawOf(store, "crash_observed", Workload.ObservedSeries(writer)).Count(r => r.Time >= Workload.TimeOf(firstRaw)));
        return requests;
    }

    // Samples that are no longer there by themselves: those in intervals that were rolled up, but for their first and last.
    private static int RolledUp(EmbeddedStore store, SampleBuffer floats, int requests)
    {
        var kept = floats.Values.ToArray().ToHashSet();
        int gone = 0;
        for (int i = 0; i < requests; i++)
        {
            if (kept.Contains(i)) continue;
            Assert.True(store.ResolutionAt(Workload.TimeOf(i)) > 0, $"request {i} is gone, and was not rolled up");
            gone++;
        }
        return gone;
    }

    // A deletion that was acknowledged has happened; one that was not has happened wholly or not at all.
    private void VerifyDeletions(EmbeddedStore store, int writer, int requests)
    {
        var left = ReadOnly(store, Workload.DeletedSeries(writer)).Values.ToArray().ToHashSet();
        for (int first = 0; first < requests; first += Workload.DeletionPeriod)
        {
            int end = Math.Min(requests, first + Workload.DeletedRequests);
            int there = Enumerable.Range(first, end - first).Count(i => left.Contains(i));
            int last = first + Workload.DeletionPeriod - 1;
            bool raw = store.ResolutionAt(Workload.TimeOf(first)) == 0;
            if (_deleted.Contains((writer, last))) Assert.Equal(0, there);
            else if (raw) Assert.True(there == end - first || (there == 0 && last < requests), $"{there} of {end - first} are left");
            for (int i = first + Workload.DeletedRequests; raw && i < Math.Min(requests, last + 1); i++) Assert.Contains(i, left);
        }
    }

    private static IEnumerable<RawSample> RawOf(EmbeddedStore store, string metric, Labels labels) =>
        store.ReadRawSamples(null, metric, 0, long.MaxValue, int.MaxValue).Samples.Where(s => s.Labels.Equals(labels)).Reverse();

    private static SampleBuffer ReadOnly(EmbeddedStore store, Labels labels, SampleAggregate aggregate = SampleAggregate.None)
    {
        var buffer = new SampleBuffer();
        Assert.Single(store.Select([.. labels.Select(l => new LabelMatcher(MatchKind.Equal, l.Name, l.Value))], 0, long.MaxValue)).Read(0, long.MaxValue, buffer, aggregate);
        return buffer;
    }
}
