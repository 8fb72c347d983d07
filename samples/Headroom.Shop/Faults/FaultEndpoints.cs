namespace Headroom.Shop.Faults;

internal static class FaultEndpoints
{
    public static void MapFaults(this WebApplication app)
    {
        app.MapGet("/faults", (FaultBoard board) => TypedResults.Ok(board.All));
        app.MapPut("/faults/{endpoint}", IResult (string endpoint, Fault fault, FaultBoard board) =>
        {
            if (Unknown(endpoint) is { } unknown) return unknown;
            if (fault.Validate() is { Count: > 0 } errors) return TypedResults.ValidationProblem(errors);
            board.Switch(endpoint, fault);
            return TypedResults.Ok(fault);
        });
        app.MapDelete("/faults/{endpoint}", IResult (string endpoint, FaultBoard board) =>
        {
            if (Unknown(endpoint) is { } unknown) return unknown;
            board.Clear(endpoint);
            return TypedResults.NoContent();
        });
        app.MapDelete("/faults", (FaultBoard board) =>
        {
            board.Clear();
            return TypedResults.NoContent();
        });
    }

    private static IResult? Unknown(string endpoint) => ShopEndpoint.All.Contains(endpoint)
        ? null
        : TypedResults.Problem($"There is no endpoint '{endpoint}'. Endpoints: {string.Join(", ", ShopEndpoint.All)}.", statusCode: 404);
}
