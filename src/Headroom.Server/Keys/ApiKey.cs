using System.Text.Json.Serialization;

namespace Headroom.Server.Keys;

/// <summary>What a key allows. Independent of each other: a key has those it was given.</summary>
[Flags]
public enum KeyScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Writing measurements.</summary>
    Ingest = 1,

    /// <summary>Asking: queries, reports, the dashboard, the server's own metrics.</summary>
    Read = 2,

    /// <summary>Changing what the server does: keys, runs, whatever acts.</summary>
    Operate = 4,
}

/// <summary>Who needs a key.</summary>
public enum KeyRequirement
{
    /// <summary>Everyone on TCP, when the server listens beyond loopback.</summary>
    BeyondLoopback,

    /// <summary>Everyone on TCP.</summary>
    Always,
}

/// <summary>A key as the server keeps it: its secret only as a hash.</summary>
/// <param name="Id">The public part, which names it.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Hash">SHA-256 of its 256 random bits. They cannot be guessed, so nothing slower is needed to keep them.</param>
internal sealed record ApiKey(string Id, string Name, KeyScopes Scopes, DateTimeOffset Created, byte[] Hash);

/// <summary>The stored form of keys.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ApiKey))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
