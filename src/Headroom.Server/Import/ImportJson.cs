using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Metrics.Ingest;

namespace Headroom.Server.Import;

/// <summary>Source-generated JSON of an import's report: <c>{"samples","series","rejected","rejections":[…],"warnings":[…]}</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImportReport))]
public sealed partial class ImportJson : JsonSerializerContext;
