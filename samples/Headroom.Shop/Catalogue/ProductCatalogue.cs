namespace Headroom.Shop.Catalogue;

internal sealed record Product(int Id, string Name, string Category, int PriceCents);

/// <summary>480 products, the same for the same seed. Immutable.</summary>
internal sealed class ProductCatalogue
{
    private static readonly string[] Materials = ["Oak", "Steel", "Linen", "Copper", "Felt", "Glass", "Cork", "Slate"];
    private static readonly string[] Styles = ["Nordic", "Classic", "Travel", "Folding", "Compact", "Everyday"];
    private static readonly (string Name, string Category)[] Things =
    [
        ("Lamp", "home"), ("Chair", "home"), ("Kettle", "kitchen"), ("Pan", "kitchen"), ("Notebook", "office"),
        ("Desk", "office"), ("Backpack", "outdoor"), ("Bottle", "outdoor"), ("Blanket", "home"), ("Clock", "office"),
    ];

    private readonly Product[] _products;

    public ProductCatalogue(int seed)
    {
        var random = new Random(seed);
        var products = new List<Product>();
        foreach (string style in Styles)
            foreach (string material in Materials)
                foreach (var (thing, category) in Things)
                    products.Add(new Product(products.Count + 1, $"{style} {material} {thing}", category, random.Next(499, 24_999)));
        _products = [.. products];
    }

    public int Count => _products.Length;

    public Product? Find(int id) => id >= 1 && id <= _products.Length ? _products[id - 1] : null;

    public ArraySegment<Product> Page(int offset, int limit)
    {
        int start = Math.Min(offset, _products.Length);
        return new ArraySegment<Product>(_products, start, Math.Min(limit, _products.Length - start));
    }

    /// <summary>Products whose name holds every word of the query, those that hold them earliest first.</summary>
    public List<Product> Search(string query, int limit)
    {
        string[] words = query.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var found = new List<(int Rank, Product Product)>();
        foreach (var product in _products)
        {
            int rank = 0;
            foreach (string word in words)
            {
                int at = product.Name.IndexOf(word, StringComparison.OrdinalIgnoreCase);
                rank = at < 0 ? -1 : rank + at;
                if (rank < 0) break;
            }
            if (rank >= 0) found.Add((rank, product));
        }
        return [.. found.OrderBy(hit => hit.Rank).ThenBy(hit => hit.Product.Id).Take(limit).Select(hit => hit.Product)];
    }
}
