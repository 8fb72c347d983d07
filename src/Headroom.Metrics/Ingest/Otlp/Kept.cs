namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Whether a list that is reused from request to request keeps its memory: always while it is small, and while requests
/// are large; not what one unusually large request has grown.
/// </summary>
internal static class Kept
{
    private const int Small = 1 << 17;
    private const int Most = 1 << 21;

    /// <summary>Empties a list.</summary>
    public static void Clear<T>(List<T> list)
    {
        bool isKept = IsWorth(list.Capacity, list.Count);
        list.Clear();
        if (!isKept) list.Capacity = 0;
    }

    /// <summary>Empties the lists of a write.</summary>
    public static void Clear(WriteRequest request)
    {
        Clear(request.Samples);
        Clear(request.Observations);
        Clear(request.Histograms);
        Clear(request.Exemplars);
        Clear(request.Metadata);
    }

    private static bool IsWorth(int capacity, int count) => capacity <= Small || (capacity <= Most && count >= capacity / 4);
}
