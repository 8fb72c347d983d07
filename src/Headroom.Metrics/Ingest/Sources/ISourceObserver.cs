namespace Headroom.Metrics.Ingest.Sources;

/// <summary>Hears what becomes of the sources; the server writes it to its log and its own metrics. Called from several threads.</summary>
public interface ISourceObserver
{
    /// <summary>A source failed that had not failed the time before.</summary>
    void Failed(string source, string reason);

    /// <summary>A source works again.</summary>
    void Recovered(string source);

    /// <summary>A source gave samples that were not kept.</summary>
    void Rejected(string source, long samples, string firstReason);

    /// <summary>A source gave samples.</summary>
    void Collected(string source, long samples);
}
