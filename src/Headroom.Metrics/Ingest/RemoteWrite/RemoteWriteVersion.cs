using System.Diagnostics.CodeAnalysis;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>Which message a remote write request carries.</summary>
public enum RemoteWriteVersion
{
    /// <summary>1.0: <c>prometheus.WriteRequest</c>.</summary>
    V1,

    /// <summary>2.0: <c>io.prometheus.write.v2.Request</c>.</summary>
    V2,
}

/// <summary>Reads which message a request carries from its headers (Remote-Write 2.0, "Required HTTP headers").</summary>
public static class RemoteWriteHeaders
{
    /// <summary>How many samples were written; a 2.0 sender takes an answer without it for one of a 1.0 receiver.</summary>
    public const string SamplesWritten = "X-Prometheus-Remote-Write-Samples-Written";

    /// <summary>How many histograms were written.</summary>
    public const string HistogramsWritten = "X-Prometheus-Remote-Write-Histograms-Written";

    /// <summary>How many exemplars were written.</summary>
    public const string ExemplarsWritten = "X-Prometheus-Remote-Write-Exemplars-Written";

    private const string MediaType = "application/x-protobuf";

    /// <summary>
    /// Reads the headers. Without a content type, and without <c>proto</c> in it, a request is 1.0; without a content
    /// encoding it is snappy, as the first senders left both out. False, with a reason, answers 415.
    /// </summary>
    public static bool TryRead(string? contentType, string? contentEncoding, out RemoteWriteVersion version, [NotNullWhen(false)] out string? reason)
    {
        version = RemoteWriteVersion.V1;
        reason = null;
        if (!string.IsNullOrEmpty(contentEncoding) && !contentEncoding.Trim().Equals("snappy", StringComparison.OrdinalIgnoreCase))
            reason = $"the content encoding is '{Shown(contentEncoding)}', but remote write is compressed with snappy";
        if (string.IsNullOrEmpty(contentType) || reason is not null) return reason is null;
        string[] parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            reason = $"the content type is '{Shown(contentType)}', not {MediaType}";
            return false;
        }
        foreach (string parameter in parts.AsSpan(1))
        {
            if (!parameter.StartsWith("proto=", StringComparison.OrdinalIgnoreCase)) continue;
            switch (parameter["proto=".Length..].Trim('"'))
            {
                case "prometheus.WriteRequest": version = RemoteWriteVersion.V1; break;
                case "io.prometheus.write.v2.Request": version = RemoteWriteVersion.V2; break;
                default:
                    reason = $"the message '{Shown(parameter)}' is neither prometheus.WriteRequest nor io.prometheus.write.v2.Request";
                    return false;
            }
        }
        return true;
    }

    private static string Shown(string header) => header.Length <= 100 ? header : header[..100] + "…";
}
