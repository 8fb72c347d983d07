using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Server.Keys;

/// <summary>
/// The keys of a data directory: documents in its folder <c>keys</c>, and all of them in memory. The folder is made with
/// the first key; the caller holds the data directory's lock.
/// </summary>
internal sealed class KeyRing : IAsyncDisposable
{
    /// <summary>Most keys of one server.</summary>
    public const int MostKeys = 1_000;

    private const int LongestName = 100;

    // What an unknown id is compared with, so that it takes as long as a known one.
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly Action<Span<byte>> _random;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private DocumentStore? _documents;
    private volatile FrozenDictionary<string, ApiKey> _keys = FrozenDictionary<string, ApiKey>.Empty;

    private KeyRing(string dataDirectory, TimeProvider time, Action<Span<byte>> random) =>
        (_directory, _time, _random) = (Path.Combine(dataDirectory, "keys"), time, random);

    /// <summary>Reads the keys of a data directory.</summary>
    /// <param name="dataDirectory">The directory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Fills with bytes nobody can guess; the operating system's when null.</param>
    public static KeyRing Open(string dataDirectory, TimeProvider time, Action<Span<byte>>? random = null)
    {
        var ring = new KeyRing(dataDirectory, time, random ?? RandomNumberGenerator.Fill);
        if (Directory.Exists(ring._directory)) ring.Load();
        return ring;
    }

    /// <summary>Whether there is any key.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>The keys, oldest first.</summary>
    public IReadOnlyList<ApiKey> All => [.. _keys.Values.OrderBy(k => k.Created).ThenBy(k => k.Id, StringComparer.Ordinal)];

    /// <summary>The key a client presents, or null when there is no such key. Takes as long for one as for the other.</summary>
    public ApiKey? Verify(ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (!KeyText.TryParse(text, hash, out string id)) return null;
        var key = _keys.GetValueOrDefault(id);
        bool same = CryptographicOperations.FixedTimeEquals(hash, key?.Hash ?? NoHash);
        return same ? key : null;
    }

    /// <summary>Makes a key and keeps its hash.</summary>
    /// <returns>The key, and its text, which nobody can ever see again.</returns>
    /// <exception cref="ProblemException">The name or the scopes are not acceptable, or there are too many keys.</exception>
    public async Task<(ApiKey Key, string Text)> CreateAsync(string name, KeyScopes scopes, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
            throw new ProblemException(new Problem("key-name-invalid", $"A key's name is 1 to {LongestName} characters on one line.", "name", "Name it after who uses it, such as grafana."));
        if (scopes == KeyScopes.None)
            throw new ProblemException(new Problem("key-scope-missing", "A key needs at least one scope.", "scopes", "Give ingest, read or operate."));
        await _changing.WaitAsync(cancel);
        try
        {
            if (_keys.Count >= MostKeys)
                throw new ProblemException(new Problem("too-many-keys", $"There are {MostKeys} keys already.", null, "Revoke those that nobody uses.") { Kind = ProblemKind.Unprocessable });
            var (id, text, hash) = KeyText.Create(_random);
            var key = new ApiKey(id, name.Trim(), scopes, _time.GetUtcNow(), hash);
            await Documents().PutAsync(id, JsonSerializer.SerializeToUtf8Bytes(key, ApiKeyJson.Default.ApiKey), expectedVersion: 0, CancellationToken.None);
            _keys = _keys.Append(KeyValuePair.Create(id, key)).ToFrozenDictionary(StringComparer.Ordinal);
            return (key, text);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends a key; from now on it opens nothing.</summary>
    /// <exception cref="ProblemException">There is no such key.</exception>
    public async Task RevokeAsync(string id, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            if (!_keys.ContainsKey(id))
                throw new ProblemException(new Problem("key-unknown", $"There is no key '{id}'.", "id", "headroom key list shows them.") { Kind = ProblemKind.NotFound });
            await Documents().WriteAsync([DocumentChange.Delete(id)], CancellationToken.None);
            _keys = _keys.Where(k => k.Key != id).ToFrozenDictionary(StringComparer.Ordinal);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_documents is not null) await _documents.DisposeAsync();
        _changing.Dispose();
    }

    private DocumentStore Documents()
    {
        if (_documents is not null) return _documents;
        if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _documents = DocumentStore.Open(_directory, new DocumentStoreOptions { TimeProvider = _time });
    }

    private void Load()
    {
        var documents = Documents();
        var keys = new Dictionary<string, ApiKey>(StringComparer.Ordinal);
        foreach (var entry in documents.List())
            if (documents.Get(entry.Key) is { } document && JsonSerializer.Deserialize(document.Content.Span, ApiKeyJson.Default.ApiKey) is { } key)
                keys[key.Id] = key;
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
