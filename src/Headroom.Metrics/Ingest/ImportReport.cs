namespace Headroom.Metrics.Ingest;

/// <summary>What reading a file or body came to, the store's refusals included.</summary>
/// <param name="Samples">Samples that the store accepted.</param>
/// <param name="Series">Different series among the samples that were read.</param>
/// <param name="Rejected">Lines that gave no sample, and samples that the store refused, listed or not.</param>
/// <param name="Rejections">The first of them, at most <see cref="ImportOptions.MaxRejectionsListed"/>.</param>
/// <param name="Warnings">What a person should know besides, for example that a file may be cut short.</param>
public sealed record ImportReport(long Samples, long Series, long Rejected, IReadOnlyList<ImportRejection> Rejections, IReadOnlyList<string> Warnings);

/// <summary>Why one line was not kept.</summary>
/// <param name="Line">The line, from 1; for a record over several lines its first.</param>
/// <param name="Column">The byte in the line, from 1; 0 when the line as a whole is meant.</param>
/// <param name="Code">Stable kebab-case name.</param>
/// <param name="Reason">A sentence for a person.</param>
public sealed record ImportRejection(long Line, int Column, string Code, string Reason);
