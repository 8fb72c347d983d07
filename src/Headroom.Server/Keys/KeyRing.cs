using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Durable;
using Headroom.Server.Hosting;

namespace Headroom.Server.Keys;

/// <summary>
/// The keys of a data directory: documents of its control state under <c>keys/</c>, read when they are first needed, and
/// from then on all in memory.
/// </summary>
/// <param name="control">Where they are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Fills with bytes nobody can guess; the operating system's when null.</param>
internal sealed class KeyRing(ControlState control, TimeProvider time, Action<Span<byte>>? random = null) : IDisposable
{
    /// <summary>Most keys of one server.</summary>
    public const int MostKeys = 1_000;

    private const string Prefix = "keys/";
    private const int LongestName = 100;

    // What an unknown id is compared with, so that it takes as long as a known one.
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly Action<Span<byte>> _random = random ?? RandomNumberGenerator.Fill;
    private readonly Lock _loading = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile FrozenDictionary<string, ApiKey>? _keys;

    /// <summary>Whether there is any key.</summary>
    public bool IsEmpty => Keys.Count == 0;

    /// <summary>The keys, oldest first.</summary>
    public IReadOnlyList<ApiKey> All => [.. Keys.Values.OrderBy(k => k.Created).ThenBy(k => k.Id, StringComparer.Ordinal)];

    /// <summary>The key a client presents, or null when there is no such key. Takes as long for one as for the other.</summary>
    public ApiKey? Verify(ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (!KeyText.TryParse(text, hash, out string id)) return null;
        var key = Keys.GetValueOrDefault(id);
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
            if (Keys.Count >= MostKeys)
                throw new ProblemException(new Problem("too-many-keys", $"There are {MostKeys} keys already.", null, "Revoke those that nobody uses.") { Kind = ProblemKind.Unprocessable });
            var (id, text, hash) = KeyText.Create(_random);
            var key = new ApiKey(id, name.Trim(), scopes, time.GetUtcNow(), hash);
            await control.PutAsync(Prefix + id, JsonSerializer.SerializeToUtf8Bytes(key, ApiKeyJson.Default.ApiKey), CancellationToken.None);
            _keys = Keys.Append(KeyValuePair.Create(id, key)).ToFrozenDictionary(StringComparer.Ordinal);
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
            if (!Keys.ContainsKey(id))
                throw new ProblemException(new Problem("key-unknown", $"There is no key '{id}'.", "id", "headroom key list shows them.") { Kind = ProblemKind.NotFound });
            await control.Documents.WriteAsync([DocumentChange.Delete(Prefix + id)], CancellationToken.None);
            _keys = Keys.Where(k => k.Key != id).ToFrozenDictionary(StringComparer.Ordinal);
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private FrozenDictionary<string, ApiKey> Keys
    {
        get
        {
            if (_keys is { } loaded) return loaded;
            lock (_loading) return _keys ??= Load();
        }
    }

    private FrozenDictionary<string, ApiKey> Load()
    {
        var documents = control.Documents;
        var keys = new Dictionary<string, ApiKey>(StringComparer.Ordinal);
        foreach (var entry in documents.List(Prefix))
            if (documents.Get(entry.Key) is { } document && JsonSerializer.Deserialize(document.Content.Span, ApiKeyJson.Default.ApiKey) is { } key)
                keys[key.Id] = key;
        return keys.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
