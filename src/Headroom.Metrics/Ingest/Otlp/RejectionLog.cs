using System.Globalization;
using System.Text;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>Counts what was not kept of one request, by reason, with an example of each for a person to read.</summary>
internal sealed class RejectionLog
{
    private const int MaxReasons = 16;
    private const int MaxMessageLength = 2000;

    private readonly Dictionary<string, (int Count, string Example)> _reasons = new(StringComparer.Ordinal);

    /// <summary>Points or spans not kept.</summary>
    public int Count { get; private set; }

    /// <summary>How many for each reason.</summary>
    public IReadOnlyDictionary<string, int> ByReason => _reasons.ToDictionary(r => r.Key, r => r.Value.Count, StringComparer.Ordinal);

    /// <summary>Counts some; the example is worded only for the first of a reason.</summary>
    public void Add<TState>(string code, int count, TState state, Func<TState, string> example)
    {
        Count += count;
        if (_reasons.TryGetValue(code, out var reason)) _reasons[code] = (reason.Count + count, reason.Example);
        else if (_reasons.Count < MaxReasons) _reasons[code] = (count, example(state));
    }

    /// <summary>One sentence for all: <c>3 data points were not kept: 3 × too-many-labels (…)</c>. Empty when all were kept.</summary>
    public string Message(string items)
    {
        if (Count == 0) return "";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Count} {items} not kept: ");
        text.AppendJoin("; ", _reasons.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value.Count} × {r.Key} ({r.Value.Example})")));
        return text.Length <= MaxMessageLength ? text.ToString() : text.ToString(0, MaxMessageLength - 1) + "…";
    }

    public void Clear()
    {
        _reasons.Clear();
        Count = 0;
    }
}
