using System.Buffers;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Runs;

/// <summary>How a new run is begun.</summary>
public sealed record RunStart
{
    /// <summary>The run's id; null to make one from the plan's name and the time.</summary>
    public string? Name { get; init; }

    /// <summary>The file the plan was read from.</summary>
    public string? Source { get; init; }

    /// <summary>For a rollback: the run that it undoes.</summary>
    public string? RollsBack { get; init; }

    /// <summary>Who starts it.</summary>
    public string? By { get; init; }

    /// <summary>The program's version.</summary>
    public string? Program { get; init; }
}

/// <summary>
/// The runs of a data directory, each in a directory of its own: <c>runs/ID/plan.json</c>, <c>runs/ID/journal/</c> and what its steps
/// put into <c>runs/ID/output/</c>.
/// </summary>
/// <param name="dataDirectory">The data directory.</param>
/// <param name="time">Clock.</param>
/// <param name="random">Makes ids different.</param>
public sealed class RunCatalog(string dataDirectory, TimeProvider time, Random random)
{
    private const string PlanFile = "plan.json";
    private const string JournalDirectory = "journal";
    private readonly IFileLayer _files = DiskFileLayer.Instance;

    /// <summary>A catalog whose writes a test can make fail.</summary>
    internal RunCatalog(string dataDirectory, TimeProvider time, Random random, IFileLayer files)
        : this(dataDirectory, time, random) => _files = files;

    /// <summary>Where the runs are.</summary>
    public string RunsDirectory { get; } = Path.GetFullPath(Path.Combine(dataDirectory, "runs"));

    /// <summary>Ids of all runs, in ordinal order.</summary>
    public IReadOnlyList<string> Ids() => [.. _files.ListDirectories(RunsDirectory).Where(name => !name.StartsWith('.'))];

    /// <summary>The directory of a run.</summary>
    public string DirectoryOf(string run) => Path.Combine(RunsDirectory, run);

    /// <summary>The one run that is meant by a name or the beginning of one.</summary>
    /// <exception cref="ProblemException">There is none, or there are several.</exception>
    public string Resolve(string name)
    {
        var ids = Ids();
        if (ids.Contains(name)) return name;
        string[] candidates = [.. ids.Where(id => id.StartsWith(name, StringComparison.Ordinal))];
        if (candidates.Length == 1 && name.Length > 0) return candidates[0];
        throw new ProblemException(candidates.Length == 0 || name.Length == 0 ? RunProblems.NotFound(name, RunsDirectory) : RunProblems.Ambiguous(name, candidates));
    }

    /// <summary>
    /// Lays a new run down on disk: from now on it exists and can be taken up, whatever happens. Either all of it is there
    /// or nothing.
    /// </summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="ProblemException">The plan is not valid, or the name is taken.</exception>
    public async Task<string> CreateAsync(RunPlan plan, RunStart start)
    {
        PreparedPlan.From(plan);
        string run = start.Name ?? NewId(plan.Name);
        if (!IsGoodId(run)) throw new ProblemException(new Problem("run-name", $"'{run}' cannot be a run's name.", null, "Use 1–100 letters, digits and '. _ -', beginning with a letter or digit."));
        if (_files.DirectoryExists(DirectoryOf(run))) throw new ProblemException(RunProblems.Exists(run));
        string making = Path.Combine(RunsDirectory, $".{run}-{random.NextInt64():x}");
        _files.CreateDirectory(making);
        try
        {
            byte[] stored = PlanDocument.Write(plan);
            WriteFile(Path.Combine(making, PlanFile), stored);
            await WriteHeaderAsync(Path.Combine(making, JournalDirectory), new RunHeader
            {
                Run = run,
                Plan = plan.Name,
                PlanHash = PlanDocument.Hash(stored),
                Source = start.Source,
                RollsBack = start.RollsBack,
                By = start.By,
                Program = start.Program,
            }).ConfigureAwait(false);
            _files.SyncDirectory(making);
            _files.Move(making, DirectoryOf(run));
            _files.SyncDirectory(RunsDirectory);
            return run;
        }
        catch
        {
            _files.DeleteDirectory(making);
            throw;
        }
    }

    /// <summary>Reads a run without taking it up, also beside the process that executes it.</summary>
    /// <exception cref="ProblemException">There is no such run, or it cannot be read.</exception>
    public RunState Load(string run)
    {
        var reader = new RunReader(run, DirectoryOf(run));
        try
        {
            Journal.Read(Path.Combine(DirectoryOf(run), JournalDirectory), reader.Take, _files);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            throw new ProblemException(RunProblems.Unreadable(run, DirectoryOf(run), e), e);
        }
        return reader.State();
    }

    /// <summary>The process that executes a run; null when none does. Only a hint: it may have changed by now.</summary>
    public int? ExecutedBy(string run)
    {
        string journal = Path.Combine(DirectoryOf(run), JournalDirectory);
        // A lock that is held says so; taking it when it is free must not get in the way of one who wants to execute the run.
        string pidFile = Path.Combine(journal, DirectoryLock.FileName + ".pid");
        if (!File.Exists(pidFile) || !int.TryParse(File.ReadAllText(pidFile), out int process) || !Processes.IsAlive(process)) return null;
        if (process == Environment.ProcessId) return process;
        using var held = _files.TryLock(Path.Combine(journal, DirectoryLock.FileName), out int? holder);
        return held is null ? holder ?? process : null;
    }

    /// <summary>Takes a run up for executing or changing it: nobody else can until the session is disposed.</summary>
    /// <exception cref="ProblemException">There is no such run, it cannot be read, another process has it, or its plan was changed.</exception>
    public RunSession Open(string run)
    {
        var reader = new RunReader(run, DirectoryOf(run));
        if (!_files.DirectoryExists(Path.Combine(DirectoryOf(run), JournalDirectory))) throw new ProblemException(RunProblems.NotFound(run, RunsDirectory));
        Journal journal;
        try
        {
            journal = Journal.Open(Path.Combine(DirectoryOf(run), JournalDirectory), JournalOptions(), reader.Take);
        }
        catch (DirectoryLockedException locked)
        {
            throw new ProblemException(RunProblems.InUse(run, locked.Holder), locked);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            throw new ProblemException(RunProblems.Unreadable(run, DirectoryOf(run), e), e);
        }
        return new RunSession(reader.State(), journal, DirectoryOf(run), time, random);
    }

    /// <summary>Leaves a request for the process that executes a run.</summary>
    public void Ask(string run, RunRequest request) => RequestsOf(DirectoryOf(run)).Leave(request);

    internal RunRequests RequestsOf(string directory) => new(Path.Combine(directory, "requests"), time, random);

    internal static PreparedPlan ReadPlan(string run, string directory, string expectedHash)
    {
        string path = Path.Combine(directory, PlanFile);
        byte[] stored;
        try
        {
            stored = File.ReadAllBytes(path);
        }
        catch (IOException e)
        {
            throw new ProblemException(RunProblems.PlanChanged(run, path, "It cannot be read. Restore it from a backup; the journal beside it is untouched."), e);
        }
        if (PlanDocument.Hash(stored) != expectedHash)
            throw new ProblemException(RunProblems.PlanChanged(run, path, "A run keeps the plan it began with. Restore the file; for a changed plan stop this run and start a new one."));
        return PreparedPlan.From(PlanDocument.Read(stored, path));
    }

    private async Task WriteHeaderAsync(string directory, RunHeader header)
    {
        await using var journal = Journal.Open(directory, JournalOptions());
        var payload = new ArrayBufferWriter<byte>();
        RunRecordCodec.Write(payload, new RunRecord
        {
            Type = RunRecordType.Started,
            Step = -1,
            Text = JsonSerializer.Serialize(header, RunJson.Default.RunHeader),
        }, time.GetUtcNow().ToUnixTimeMilliseconds());
        await journal.AppendAsync((byte)RunRecordType.Started, payload.WrittenMemory).ConfigureAwait(false);
    }

    private JournalOptions JournalOptions() => new()
    {
        Sync = JournalSync.Always,
        MaxPayloadBytes = 1 << 20,
        // What may be on its way is bounded by the steps of the plan; a full queue would have to block the loop.
        MaxPendingBytes = 1 << 30,
        TimeProvider = time,
        Files = _files,
    };

    private void WriteFile(string path, byte[] bytes)
    {
        using var file = _files.Create(path);
        file.Write(bytes, 0);
        file.Sync();
    }

    private string NewId(string planName)
    {
        Span<char> slug = stackalloc char[Math.Min(planName.Length, 40)];
        for (int i = 0; i < slug.Length; i++) slug[i] = char.IsAsciiLetterOrDigit(planName[i]) ? char.ToLowerInvariant(planName[i]) : '-';
        string name = new string(slug).Trim('-');
        return $"{(name.Length == 0 ? "run" : name)}-{time.GetUtcNow():yyyyMMdd-HHmmss}-{random.Next(1 << 20):x5}";
    }

    private static bool IsGoodId(string run) =>
        run.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(run[0]) && run.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
