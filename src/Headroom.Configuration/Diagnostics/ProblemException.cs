namespace Headroom.Configuration.Diagnostics;

/// <summary>Carries one or more <see cref="Problem"/>s to the boundary (command line or HTTP) that shows them.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>Creates the exception for one problem, optionally caused by <paramref name="inner"/>.</summary>
    public ProblemException(Problem problem, Exception? inner = null)
        : base(problem.ToString(), inner) => Problems = [problem];

    /// <summary>Creates the exception for all problems found in one pass; the list must not be empty.</summary>
    public ProblemException(IReadOnlyList<Problem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Everything that was wrong, in the order it was found. Never empty.</summary>
    public IReadOnlyList<Problem> Problems { get; }
}
