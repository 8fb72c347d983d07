using Headroom.Configuration.Sections;

namespace Headroom.Server.Compression;

/// <summary>Whether answers are compressed. What is, from which size on and how, is <see cref="CompressionRules"/>'s table.</summary>
public sealed record CompressionSettings
{
    /// <summary>Whether answers are compressed for clients that accept it.</summary>
    public bool Enabled { get; init; } = true;

    internal static Shape<CompressionSettings> Shape { get; } = Declare();

    private static ObjectShape<CompressionSettings> Declare()
    {
        var enabled = Property.Optional("enabled", "Whether answers are compressed for clients that accept it. Default: true.", Shapes.Flag(), true);
        return new ObjectShape<CompressionSettings>("Smaller answers for those who can read them.", [enabled], f => new CompressionSettings { Enabled = f.Get(enabled) });
    }
}
