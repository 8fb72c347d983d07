using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Server.Hosting;

/// <summary>
/// The control state of a data directory: small documents under <c>DATA/documents</c>, opened when first needed. Each feature keeps
/// its documents under a prefix of its own, as in <c>experiments/NAME</c>.
/// </summary>
internal sealed class ControlState(ServerOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private DocumentStore? _documents;
    private bool _disposed;

    /// <summary>The documents.</summary>
    /// <exception cref="ProblemException">They are locked, damaged, of a newer program, or cannot be used.</exception>
    public DocumentStore Documents
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _documents ??= Open();
            }
        }
    }

    /// <summary>Writes a document whatever its version.</summary>
    /// <exception cref="ProblemException">It is too large, or could not be written.</exception>
    public async ValueTask PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        if (content.Length > DocumentStore.MaxDocumentBytes)
            throw new ProblemException(new Problem("document-too-large", $"It takes {content.Length:N0} bytes, and at most {DocumentStore.MaxDocumentBytes:N0} can be kept.", key) { Kind = ProblemKind.TooLarge });
        try
        {
            await Documents.PutAsync(key, content, cancel: cancel);
        }
        catch (Exception e) when (e is JournalFaultedException or DocumentStoreFullException or IOException)
        {
            throw new ProblemException(new Problem("documents-read-only", $"It could not be written: {e.Message}", Directory,
                "Check that the disk works and has room, then start again; what was acknowledged is kept.") { Kind = ProblemKind.Unavailable }, e);
        }
    }

    /// <summary>Releases the directory; what was acknowledged is on the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        DocumentStore? documents;
        lock (_gate) (documents, _documents, _disposed) = (_documents, null, true);
        if (documents is not null) await documents.DisposeAsync();
    }

    private string Directory => Path.Combine(Path.GetFullPath(options.DataDirectory), "documents");

    private DocumentStore Open()
    {
        try
        {
            return DocumentStore.Open(Directory, new DocumentStoreOptions { TimeProvider = options.Time });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("documents-unusable", $"The control state cannot be read: {e.Message}", Directory,
                e is FormatVersionException ? "Use the newer version of Headroom that wrote it." : "Restore the directory from a backup, or check the disk. Nothing was changed.") { Kind = ProblemKind.Failed }, e);
        }
    }
}
