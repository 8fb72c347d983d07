using System.Text;

namespace Headroom.Shop.Signing;

internal sealed record SignRequest(string? Payload, string? Algorithm = Signer.Ecdsa);

internal sealed record Signature(string Algorithm, string Value);

internal sealed record VerifyRequest(string? Payload, string? Signature, string? Algorithm = Signer.Ecdsa);

internal sealed record Verification(bool Valid);

internal static class SigningEndpoints
{
    public static void MapSigning(this WebApplication app)
    {
        app.MapPost("/sign", IResult (SignRequest request, Signer signer) =>
        {
            var errors = Check(request.Payload, request.Algorithm);
            if (errors.Count > 0) return TypedResults.ValidationProblem(errors);
            byte[] signature = signer.Sign(request.Algorithm!, Encoding.UTF8.GetBytes(request.Payload!));
            return TypedResults.Ok(new Signature(request.Algorithm!, Convert.ToBase64String(signature)));
        }).Measured(ShopEndpoint.Sign);
        app.MapPost("/verify", IResult (VerifyRequest request, Signer signer) =>
        {
            var errors = Check(request.Payload, request.Algorithm);
            if (request.Signature is null || !Signer.IsBase64(request.Signature)) errors["signature"] = ["must be base64"];
            if (errors.Count > 0) return TypedResults.ValidationProblem(errors);
            byte[] signature = Convert.FromBase64String(request.Signature!);
            return TypedResults.Ok(new Verification(signer.Verify(request.Algorithm!, Encoding.UTF8.GetBytes(request.Payload!), signature)));
        }).Measured(ShopEndpoint.Verify);
    }

    private static Dictionary<string, string[]> Check(string? payload, string? algorithm)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrEmpty(payload)) errors["payload"] = ["must not be empty"];
        if (algorithm is not (Signer.Hmac or Signer.Ecdsa)) errors["algorithm"] = [$"must be {Signer.Hmac} or {Signer.Ecdsa}"];
        return errors;
    }
}
