using System.Text;
using System.Text.Json;
using Headroom.Server.Import;

namespace Headroom.Cli.Imports;

/// <summary>The JSON of <c>headroom import</c>: each file's report and the totals.</summary>
internal static class ImportSummaryJson
{
    public static string Write(IReadOnlyList<ImportedFile> files)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("samples", files.Sum(f => f.Report?.Samples ?? 0));
            json.WriteNumber("series", files.Sum(f => f.Report?.Series ?? 0));
            json.WriteNumber("rejected", files.Sum(f => f.Report?.Rejected ?? 0));
            json.WriteStartArray("files");
            foreach (var file in files)
            {
                json.WriteStartObject();
                json.WriteString("file", file.File);
                json.WriteString("metric", file.Metric);
                json.WritePropertyName("report");
                if (file.Report is null) json.WriteNullValue();
                else JsonSerializer.Serialize(json, file.Report, ImportJson.Default.ImportReport);
                json.WriteStartArray("errors");
                foreach (var problem in file.Problems) json.WriteStringValue(problem.ToString());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
