namespace Headroom.Objectives.Evaluation;

/// <summary>
/// Whether this process is the one that evaluates. On one machine the lock of the data directory decides; several machines that share their
/// state elect one.
/// </summary>
public interface IEvaluationLeadership
{
    /// <summary>Whether it leads now. Asked before each evaluation.</summary>
    ValueTask<bool> LeadsAsync(CancellationToken cancel);
}

/// <summary>The holder of a data directory's lock leads for as long as it runs.</summary>
public sealed class DirectoryLeadership : IEvaluationLeadership
{
    /// <inheritdoc/>
    public ValueTask<bool> LeadsAsync(CancellationToken cancel) => ValueTask.FromResult(true);
}
