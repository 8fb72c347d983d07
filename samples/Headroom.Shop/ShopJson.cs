using System.Text.Json.Serialization;
using Headroom.Shop.Catalogue;
using Headroom.Shop.Faults;
using Headroom.Shop.Orders;
using Headroom.Shop.Signing;
using Microsoft.AspNetCore.Mvc;

namespace Headroom.Shop;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Product))]
[JsonSerializable(typeof(ProductPage))]
[JsonSerializable(typeof(SearchResult))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(SignRequest))]
[JsonSerializable(typeof(Signature))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(Verification))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, Fault>))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(HttpValidationProblemDetails))]
internal sealed partial class ShopJson : JsonSerializerContext;
