using Headroom.Durable;
using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Execution;

public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData(true, "run-disk-full")]
    [InlineData(false, "run-disk-failed")]
    public async Task A_disk_that_fills_or_fails_pauses_the_run_and_it_goes_on_when_that_is_mended(bool full, string code)
    {
        var files = new FailingFiles();
        var catalog = new RunCatalog(_data.Path, TimeProvider.System, new Random(1), files);
        var steps = Enumerable.Range(0, 40).Select(i => Step($"s{i}", i == 0 ? [] : [$"s{i - 1}"])).ToArray();
        string run = await catalog.CreateAsync(Plan(steps), new RunStart());
        var calls = new List<string>();
        var action = new ScriptedAction
        {
            Act = (step, _) =>
            {
                calls.Add(step.Step.Id);
                if (step.Step.Id == "s10") (full ? ref files.Full : ref files.FailSync) = true;
                return ValueTask.FromResult(StepResult.Done());
            },
            Check = step => new CheckResult(calls.Contains(step.Step.Id) ? CheckVerdict.Done : CheckVerdict.NotDone),
        };
        var options = new RunOptions { Actions = new Dictionary<string, IStepAction> { ["test"] = action } };

        await using (var session = catalog.Open(run))
        {
            var report = await session.ExecuteAsync(options, TestContext.Current.CancellationToken);
            Assert.Equal((RunRest.Halted, code), (report.Rest, report.Problem!.Code));
            Assert.Contains("headroom run resume", report.Problem.Fix, StringComparison.Ordinal);
        }
        Assert.Equal("s10", calls[^1]);

        (files.Full, files.FailSync) = (false, false);
        await using var again = catalog.Open(run);
        Assert.Equal(RunResult.Succeeded, (await again.ExecuteAsync(options, TestContext.Current.CancellationToken)).Result);
        Assert.Equal(steps.Select(step => step.Id), calls);
    }

    /// <summary>The operating system's files, until they are told to fail.</summary>
    private sealed class FailingFiles : IFileLayer
    {
        private readonly DiskFileLayer _disk = DiskFileLayer.Instance;

        public bool Full;
        public bool FailSync;

        public void CreateDirectory(string path) => _disk.CreateDirectory(path);

        public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

        public IReadOnlyList<string> ListFiles(string directory) => _disk.ListFiles(directory);

        public IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

        public IDurableFile Create(string path) => new FailingFile(this, _disk.Create(path));

        public IDurableFile Open(string path, bool writable = false) => new FailingFile(this, _disk.Open(path, writable));

        public void DeleteFile(string path) => _disk.DeleteFile(path);

        public void DeleteDirectory(string path) => _disk.DeleteDirectory(path);

        public void Move(string from, string to) => _disk.Move(from, to);

        public void SyncDirectory(string path) => _disk.SyncDirectory(path);

        public IDisposable? TryLock(string path, out int? holder) => _disk.TryLock(path, out holder);

        private sealed class FailingFile(FailingFiles files, IDurableFile file) : IDurableFile
        {
            private const int NoSpace = 28;

            public long Length => file.Length;

            public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

            public void Write(ReadOnlySpan<byte> bytes, long offset)
            {
                if (Volatile.Read(ref files.Full)) throw new IOException("No space left on device", NoSpace);
                file.Write(bytes, offset);
            }

            public void SetLength(long length) => file.SetLength(length);

            public void Sync()
            {
                if (Volatile.Read(ref files.FailSync)) throw new IOException("Input/output error");
                file.Sync();
            }

            public void Dispose() => file.Dispose();
        }
    }
}
