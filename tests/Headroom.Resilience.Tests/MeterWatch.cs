using System.Diagnostics.Metrics;

namespace Headroom.Resilience.Tests;

/// <summary>Collects what the package's meter says about one name; other tests use other names at the same time.</summary>
internal sealed class MeterWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<(string Instrument, double Value, Dictionary<string, object?> Tags)> _seen = [];

    public MeterWatch(string tag, string value)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ResilienceMeter.Name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, measured, tags, _) => Add(instrument, measured, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, measured, tags, _) => Add(instrument, measured, tags));
        _listener.Start();

        void Add(Instrument instrument, double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray().ToDictionary();
            if (!all.TryGetValue(tag, out object? name) || !Equals(name, value)) return;
            lock (_lock) _seen.Add((instrument.Name, measured, all));
        }
    }

    public void Observe() => _listener.RecordObservableInstruments();

    public double Sum(string instrument, string? tag = null, string? value = null)
    {
        lock (_lock)
        {
            return _seen.Where(m => m.Instrument == instrument && (tag is null || Equals(m.Tags.GetValueOrDefault(tag), value))).Sum(m => m.Value);
        }
    }

    public double Last(string instrument)
    {
        lock (_lock) return _seen.Last(m => m.Instrument == instrument).Value;
    }

    public bool Saw(string instrument)
    {
        lock (_lock) return _seen.Any(m => m.Instrument == instrument);
    }

    public void Dispose() => _listener.Dispose();
}
