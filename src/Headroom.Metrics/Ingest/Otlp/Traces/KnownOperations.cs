namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// The operations that have a series of their own: for each service the first ones seen. Names made of ids would otherwise
/// make a series for every request.
/// </summary>
internal sealed class KnownOperations(int mostPerService)
{
    private const int MaxServices = 10_000;
    private const int MaxOperations = 250_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _services = new(StringComparer.Ordinal);
    private int _operations;

    /// <summary>Whether the operation has, or now gets, a series of its own.</summary>
    public bool Admit(string service, string operation)
    {
        lock (_gate)
        {
            if (!_services.TryGetValue(service, out var operations))
            {
                if (_services.Count >= MaxServices) return false;
                _services[service] = operations = new HashSet<string>(StringComparer.Ordinal);
            }
            if (operations.Contains(operation)) return true;
            if (operations.Count >= mostPerService || _operations >= MaxOperations) return false;
            _operations++;
            return operations.Add(operation);
        }
    }
}
