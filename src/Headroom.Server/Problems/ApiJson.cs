using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headroom.Server.Problems;

/// <summary>
/// How every JSON answer is written. The default encoder prints <c>&lt; 0.1</c> as <c>\u003C 0.1</c>: safe inside HTML,
/// where these answers never go, and unreadable elsewhere.
/// </summary>
internal static class ApiJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
