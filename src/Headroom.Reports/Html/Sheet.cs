using System.Security.Cryptography;
using System.Text;
using Headroom.Reports.Charts;

namespace Headroom.Reports.Html;

/// <summary>The report's style and script, inside the document, and the policy that allows nothing else.</summary>
internal static class Sheet
{
    private static readonly string Script = Read("report.js");

    public static string StyleElement { get; } = $"<style>{TimeSeriesChart.PageStyle}{Read("report.css")}</style>";

    public static string ScriptElement { get; } = $"<script>{Script}</script>";

    /// <summary>No network at all; the one script is known by its digest.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))}'; base-uri 'none'; form-action 'none'";

    private static string Read(string name)
    {
        using var stream = typeof(Sheet).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"resource {name} is missing");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
