namespace Headroom.Shop;

/// <summary>Route metadata: the name under which faults, response times and metrics know an endpoint.</summary>
internal sealed record ShopEndpoint(string Name)
{
    public const string Health = "health";
    public const string Users = "users";
    public const string Products = "products";
    public const string Product = "product";
    public const string Search = "search";
    public const string Orders = "orders";
    public const string Sign = "sign";
    public const string Verify = "verify";

    /// <summary>Every name, in the order the README lists them.</summary>
    public static readonly string[] All = [Health, Users, Products, Product, Search, Orders, Sign, Verify];
}

internal static class ShopEndpointConvention
{
    public static RouteHandlerBuilder Measured(this RouteHandlerBuilder route, string name) => route.WithMetadata(new ShopEndpoint(name));
}
