namespace Headroom.Shop.Catalogue;

internal sealed record Health(string Status);

internal sealed record ProductPage(int Total, int Offset, ArraySegment<Product> Products);

internal sealed record SearchResult(string Query, List<Product> Products);

internal static class CatalogueEndpoints
{
    private const int MaximumQueryLength = 200;

    public static void MapCatalogue(this WebApplication app)
    {
        app.MapGet("/health", () => TypedResults.Ok(new Health("ok"))).Measured(ShopEndpoint.Health);
        app.MapGet("/users/{id:int}", IResult (int id, UserDirectory users) =>
            users.Find(id) is { } user ? TypedResults.Ok(user) : NotFound("user", id)).Measured(ShopEndpoint.Users);
        app.MapGet("/products/{id:int}", IResult (int id, ProductCatalogue catalogue) =>
            catalogue.Find(id) is { } product ? TypedResults.Ok(product) : NotFound("product", id)).Measured(ShopEndpoint.Product);
        app.MapGet("/products", IResult (ProductCatalogue catalogue, int offset = 0, int limit = 20) =>
        {
            var errors = new Dictionary<string, string[]>();
            if (offset < 0) errors["offset"] = ["must not be negative"];
            if (limit is < 1 or > 100) errors["limit"] = ["must be from 1 to 100"];
            return errors.Count > 0
                ? TypedResults.ValidationProblem(errors)
                : TypedResults.Ok(new ProductPage(catalogue.Count, offset, catalogue.Page(offset, limit)));
        }).Measured(ShopEndpoint.Products);
        app.MapGet("/search", IResult (ProductCatalogue catalogue, string? q) =>
            string.IsNullOrWhiteSpace(q) || q.Length > MaximumQueryLength
                ? TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["q"] = [$"must hold 1 to {MaximumQueryLength} characters"] })
                : TypedResults.Ok(new SearchResult(q, catalogue.Search(q, 20)))).Measured(ShopEndpoint.Search);
    }

    private static IResult NotFound(string kind, int id) => TypedResults.Problem($"There is no {kind} {id}.", statusCode: 404);
}
