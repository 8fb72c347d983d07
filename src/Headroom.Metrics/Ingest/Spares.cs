namespace Headroom.Metrics.Ingest;

/// <summary>Objects that are used again, a few of them; those that find no place are left to the collector.</summary>
internal sealed class Spares<T>(Func<T> create, int kept = 16)
    where T : class
{
    private readonly T?[] _places = new T?[kept];

    public T Take()
    {
        for (int i = 0; i < _places.Length; i++)
            if (_places[i] is not null && Interlocked.Exchange(ref _places[i], null) is { } spare)
                return spare;
        return create();
    }

    public void Return(T spare)
    {
        for (int i = 0; i < _places.Length; i++)
            if (_places[i] is null && Interlocked.CompareExchange(ref _places[i], spare, null) is null)
                return;
    }
}
