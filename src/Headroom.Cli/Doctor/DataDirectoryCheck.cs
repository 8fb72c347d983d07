using System.Globalization;
using System.Runtime.CompilerServices;
using Headroom.Server.Hosting;

namespace Headroom.Cli.Doctor;

/// <summary>Whether the data directory can be written, how long its disk takes to be sure of it, and how much room is left.</summary>
internal sealed class DataDirectoryCheck(string directory, TimeProvider time) : ICheck
{
    private const string Name = "data directory";
    private const int Rounds = 9;
    private const long LeastFree = 1L << 30;
    private const double LeastShare = 0.05;

    // With fsync: interval it happens once a second beside the writes; with always each write waits for it.
    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(50);

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        string whole = Path.GetFullPath(directory);
        yield return Write(whole);
        yield return Space(whole);
        using var socket = await TryConnectAsync(whole, cancel);
        yield return new Finding("server", Health.Fact, socket is null ? $"none runs on {whole}; commands host their own while they last" : $"one runs on {whole}");
    }

    private Finding Write(string whole)
    {
        // The directory itself is made by whoever first uses it; here only what it would stand in is looked at.
        string existing = whole;
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
        string probe = Path.Combine(existing, $".headroom-doctor-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            var took = new TimeSpan[Rounds];
            using (var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                for (int i = 0; i < Rounds; i++)
                {
                    file.Write(new byte[4096]);
                    long started = time.GetTimestamp();
                    file.Flush(flushToDisk: true);
                    took[i] = time.GetElapsedTime(started);
                }
            Array.Sort(took);
            var (median, worst) = (took[Rounds / 2], took[^1]);
            string what = string.Create(CultureInfo.InvariantCulture, $"{existing} can be written; fsync of 4 KiB takes {median.TotalMilliseconds:0.00} ms (median of {Rounds}), {worst.TotalMilliseconds:0.00} ms at worst");
            return median <= SlowSync ? new Finding(Name, Health.Good, what)
                : new Finding(Name, Health.Warning, what, "With fsync: always each write waits that long. Use a faster disk, or fsync: interval.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(Name, Health.Bad, $"{existing} cannot be written: {error.Message}", "Give this user the right to write there, or name another directory with --data.");
        }
    }

    private static Finding Space(string whole)
    {
        try
        {
            string existing = whole;
            while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
            var disk = new DriveInfo(existing);
            double share = (double)disk.AvailableFreeSpace / disk.TotalSize;
            string what = string.Create(CultureInfo.InvariantCulture, $"{disk.AvailableFreeSpace / (double)(1L << 30):0.0} GiB of {disk.TotalSize / (double)(1L << 30):0.0} GiB are free ({share:0%})");
            return disk.AvailableFreeSpace < LeastFree || share < LeastShare
                ? new Finding("disk space", disk.AvailableFreeSpace < 64L << 20 ? Health.Bad : Health.Warning, what, "Make room: when the disk is full the store takes no more writes.")
                : new Finding("disk space", Health.Good, what);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new Finding("disk space", Health.Fact, $"cannot be told: {error.Message}");
        }
    }

    private static async Task<System.Net.Sockets.Socket?> TryConnectAsync(string whole, CancellationToken cancel)
    {
        try
        {
            return await DataSocket.TryConnectAsync(whole, cancel);
        }
        catch (Configuration.Diagnostics.ProblemException)
        {
            return null;
        }
    }
}
