using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Runs;

/// <summary>A run as its journal tells it.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="Header">How it was begun.</param>
/// <param name="Engine">Where its steps stand; not to be stepped.</param>
/// <param name="Records">The whole journal, in order: the audit trail.</param>
public sealed record RunState(string Id, RunHeader Header, RunEngine Engine, IReadOnlyList<RunRecord> Records)
{
    /// <summary>Its plan.</summary>
    public PreparedPlan Plan => Engine.Plan;

    /// <summary>When it was begun.</summary>
    public DateTimeOffset StartedAt => DateTimeOffset.FromUnixTimeMilliseconds(Records[0].UtcMilliseconds);

    /// <summary>When something was last recorded.</summary>
    public DateTimeOffset LastAt => DateTimeOffset.FromUnixTimeMilliseconds(Records[^1].UtcMilliseconds);
}

/// <summary>Puts a run together from its records as they are read.</summary>
internal sealed class RunReader(string run, string directory)
{
    private readonly List<RunRecord> _records = [];
    private RunHeader? _header;
    private RunEngine? _engine;

    public void Take(in JournalRecord record)
    {
        if (!RunRecordCodec.TryRead(record.Type, record.Epoch, record.Payload, out var read))
            throw new InvalidDataException($"record {record.Sequence} at byte {record.Offset} of '{record.File}' is not one of a run");
        _records.Add(read);
        if (_engine is not null)
        {
            _engine.Replay(read);
            return;
        }
        _header = read.Type == RunRecordType.Started ? JsonSerializer.Deserialize(read.Text ?? "null", RunJson.Default.RunHeader) : null;
        if (_header is null) throw new InvalidDataException("its first record does not say which run it is");
        _engine = new RunEngine(RunCatalog.ReadPlan(run, directory, _header.PlanHash));
    }

    public RunState State() => _engine is null
        ? throw new ProblemException(RunProblems.Unreadable(run, directory, new InvalidDataException("it is empty")))
        : new RunState(run, _header!, _engine, _records);
}
