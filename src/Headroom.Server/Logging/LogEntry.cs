using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>One event on its way to the log: everything a line says, so that nothing of the request is needed later.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Level">Its severity.</param>
/// <param name="Id">Its event id; 0 when it has none.</param>
/// <param name="Category">Who says it.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Error">What was thrown, or null.</param>
/// <param name="TraceId">The W3C trace it belongs to, or null.</param>
/// <param name="Fields">The sentence's values by name; null when nobody reads them.</param>
/// <param name="LeftOut">Lines like it that sampling left out since the last one written.</param>
internal sealed record LogEntry(
    DateTimeOffset Time, LogLevel Level, int Id, string Category, string Message, Exception? Error, string? TraceId, KeyValuePair<string, string>[]? Fields, long LeftOut);
