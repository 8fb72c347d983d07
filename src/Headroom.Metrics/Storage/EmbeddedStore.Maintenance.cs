using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Storage;

/// <content>What keeps the store in order.</content>
public sealed partial class EmbeddedStore
{
    /// <summary>Writes what is in memory to a block now.</summary>
    /// <exception cref="ProblemException">It could not be written; the store is read-only from now on.</exception>
    public async Task FlushAsync(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Fault is { } fault) throw new ProblemException(fault);
        await _maintenance.FlushAsync(cancel).ConfigureAwait(false);
        if (Fault is { } failed) throw new ProblemException(failed);
    }

    /// <summary>
    /// Rolls up what is due, and merges blocks: those that are due, or all of each resolution into one.
    /// </summary>
    /// <exception cref="ProblemException">A block is damaged or could not be written; nothing was changed.</exception>
    public async Task CompactAsync(bool all = false, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            await _maintenance.CompactAsync(all, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, _options.Directory);
        }
    }

    /// <summary>
    /// Deletes the samples between two instants (Unix milliseconds, both included) of the series that match any of the
    /// selectors, and their exemplars. They are gone for every reader when the task completes, and stay gone after a
    /// crash; the disk is given back by a later compaction. What is written while this runs is not deleted.
    /// </summary>
    /// <exception cref="ProblemException">
    /// Too many deletions wait for a compaction (<c>too-many-deletions</c>), or the store takes no more writes.
    /// </exception>
    public async Task DeleteAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Fault is { } fault) throw new ProblemException(fault);
        try
        {
            await _maintenance.DeleteAsync(selectors, start, end, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, _options.Directory);
        }
        if (Fault is { } failed) throw new ProblemException(failed);
    }

    /// <summary>Reads every byte of manifest, checkpoint, blocks and log from disk and checks it.</summary>
    /// <exception cref="ProblemException">
    /// Something is damaged: a <c>store-damaged</c> for each place, naming file and byte.
    /// </exception>
    public async Task<VerifiedStore> VerifyAsync(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await SyncAsync(cancel).ConfigureAwait(false);
        return await _maintenance.HoldingStillAsync(() => StoreVerification.Run(_options.Files, _options.Directory, cancel), cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a backup while the store goes on: everything acknowledged before the call, in a directory of its own under the
    /// given one, as a store that can be opened or restored. Blocks are shared by hard links with the store or with an
    /// earlier backup there where the file system allows it.
    /// </summary>
    /// <exception cref="ProblemException">It could not be written, or what was written does not verify.</exception>
    public async Task<StoreBackupResult> BackupAsync(string into, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Fault is { } fault) throw new ProblemException(fault);
        try
        {
            await SyncAsync(cancel).ConfigureAwait(false);
            return await _maintenance.BackupAsync(into, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, into);
        }
    }
}
