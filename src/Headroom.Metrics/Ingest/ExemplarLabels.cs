using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Headroom.Metrics.Ingest;

/// <summary>The labels of exemplars, bounded as OpenMetrics bounds them.</summary>
internal static class ExemplarLabels
{
    /// <summary>Characters in all names and values together.</summary>
    public const int MaxCharacters = 128;

    /// <summary>Makes labels of pairs of which no name stands twice; false when they are too long.</summary>
    public static bool TryMake(List<Label> pairs, [NotNullWhen(true)] out Labels? labels)
    {
        labels = null;
        int characters = 0;
        foreach (var (name, value) in pairs) characters += name.Length + value.Length;
        if (characters > MaxCharacters) return false;
        labels = Labels.From(CollectionsMarshal.AsSpan(pairs));
        return true;
    }
}
