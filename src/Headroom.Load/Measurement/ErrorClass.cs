namespace Headroom.Load.Measurement;

/// <summary>Why a request got no answer.</summary>
public enum ErrorClass
{
    /// <summary>It got one.</summary>
    None,

    /// <summary>None came in the time allowed.</summary>
    Timeout,

    /// <summary>Nothing listens there.</summary>
    Refused,

    /// <summary>The connection broke before the answer was whole.</summary>
    Reset,

    /// <summary>The connection could not be made for another reason.</summary>
    Unreachable,

    /// <summary>TLS could not be agreed, or the certificate was not accepted.</summary>
    Tls,

    /// <summary>What came back was not HTTP, or more than is accepted of a header.</summary>
    Malformed,

    /// <summary>A redirect led to a host that the plan does not name, or there were too many.</summary>
    Redirect,

    /// <summary>This machine has no free local ports: the generator's fault, so the run is invalid.</summary>
    Ports,

    /// <summary>This process may open no more files: the generator's fault, so the run is invalid.</summary>
    Files,

    /// <summary>The run ended before the answer came; its age is counted as its time.</summary>
    Unanswered,
}

/// <summary>What became of a request as one number: the status code, or 600 and the <see cref="ErrorClass"/>.</summary>
internal static class OutcomeCode
{
    private const int Errors = 600;

    public static int Of(int status, ErrorClass error) => error == ErrorClass.None ? status : Errors + (int)error;

    public static bool IsAnswer(int code) => code < Errors;

    public static bool IsFailure(int code) => code >= 400;

    public static ErrorClass ErrorOf(int code) => code < Errors ? ErrorClass.None : (ErrorClass)(code - Errors);

    /// <summary>Whether the time until this outcome says how long the system took: not so when it refused at once.</summary>
    public static bool HasTime(int code) => code < Errors || ErrorOf(code) is ErrorClass.Timeout or ErrorClass.Unanswered;
}
