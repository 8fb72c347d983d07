namespace Headroom.Shop.Faults;

/// <summary>What is wrong with an endpoint. The defaults are: nothing.</summary>
/// <param name="SlowBy">Factor on the service time, above 0; 1.8 makes a request 80% slower.</param>
/// <param name="AddMs">Milliseconds added to every request, 0 to 60,000.</param>
/// <param name="ErrorRate">Share of requests answered with 500, 0 to 1.</param>
/// <param name="StallMs">Length of a stall in milliseconds, 0 to 60,000: requests that arrive during one wait for its end.</param>
/// <param name="StallEvery">Seconds from the start of one stall to the start of the next; needed when <paramref name="StallMs"/> is above 0.</param>
internal sealed record Fault(double SlowBy = 1, double AddMs = 0, double ErrorRate = 0, double StallMs = 0, double StallEvery = 0)
{
    public static readonly Fault None = new();

    /// <summary>Everything that is wrong with the fault itself, by field; empty when nothing is.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var errors = new Dictionary<string, string[]>();
        if (SlowBy is not (> 0 and <= 1000)) errors["slowBy"] = ["must be above 0 and at most 1000"];
        if (AddMs is not (>= 0 and <= 60_000)) errors["addMs"] = ["must be from 0 to 60000"];
        if (ErrorRate is not (>= 0 and <= 1)) errors["errorRate"] = ["must be from 0 to 1"];
        if (StallMs is not (>= 0 and <= 60_000)) errors["stallMs"] = ["must be from 0 to 60000"];
        if (StallEvery is not (>= 0 and <= 3600)) errors["stallEvery"] = ["must be from 0 to 3600 seconds"];
        else if (StallMs > 0 && StallEvery * 1000 <= StallMs) errors["stallEvery"] = ["must be longer than stallMs (it is in seconds)"];
        return errors;
    }
}
