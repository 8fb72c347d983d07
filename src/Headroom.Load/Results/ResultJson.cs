using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Load.Results;

/// <summary>The JSON document of a result.</summary>
public static class ResultJson
{
    private static readonly LoadResultJson Json = new(new JsonSerializerOptions(LoadResultJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes a result.</summary>
    public static string Write(LoadResult result) => JsonSerializer.Serialize(result, Json.LoadResult);

    /// <summary>Reads a result.</summary>
    /// <param name="json">The document.</param>
    /// <param name="file">Where it came from, for messages.</param>
    /// <exception cref="ProblemException">It is no result, or one of a newer version.</exception>
    public static LoadResult Read(string json, string file)
    {
        try
        {
            var result = JsonSerializer.Deserialize(json, Json.LoadResult) ?? throw new JsonException("it is null");
            return result.Schema == 1 ? result
                : throw new ProblemException(new Problem("load-result-version", $"The result has schema {result.Schema}, and this version reads 1.", file, "Use a newer Headroom."));
        }
        catch (JsonException error)
        {
            throw new ProblemException(new Problem("load-result-invalid", $"This is no load result: {error.Message}", file, "Give the file that 'headroom load run --out' wrote."), error);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified, WriteIndented = true)]
[JsonSerializable(typeof(LoadResult))]
internal sealed partial class LoadResultJson : JsonSerializerContext;
