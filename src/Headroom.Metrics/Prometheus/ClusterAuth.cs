using Headroom.Configuration.Sections;

namespace Headroom.Metrics.Prometheus;

/// <summary>How requests to a cluster prove who they come from: exactly one of the three.</summary>
/// <param name="Basic">Name and password (RFC 7617).</param>
/// <param name="Bearer">A token (RFC 6750).</param>
/// <param name="SigV4">AWS Signature Version 4.</param>
public sealed record ClusterAuth(BasicCredentials? Basic, string? Bearer, SigV4Settings? SigV4)
{
    /// <summary>What the mapping looks like.</summary>
    public static ObjectShape<ClusterAuth> Shape { get; } = Declare();

    /// <summary>Says which kind it is, and no secret.</summary>
    public override string ToString() => Basic is not null ? "basic" : Bearer is not null ? "bearer" : "sigv4";

    private static ObjectShape<ClusterAuth> Declare()
    {
        var basic = Property.Optional<BasicCredentials?>("basic", "Name and password.", BasicCredentials.Shape!, null);
        var bearer = Property.Optional<string?>("bearer", "A token, as a reference ${NAME} to an environment variable.", Shapes.Text(10_000)!, null);
        var sigv4 = Property.Optional<SigV4Settings?>("sigv4", "AWS Signature Version 4, with the credentials the AWS SDK finds (environment, profile, container, instance).", SigV4Settings.Shape!, null);
        return new ObjectShape<ClusterAuth>("How requests prove who they come from: one of basic, bearer and sigv4.", [basic, bearer, sigv4],
            f => new ClusterAuth(f.Get(basic), f.Get(bearer), f.Get(sigv4)),
            f =>
            {
                int given = (f.Get(basic) is null ? 0 : 1) + (f.Get(bearer) is null ? 0 : 1) + (f.Get(sigv4) is null ? 0 : 1);
                if (given != 1) f.Report(basic, "auth-ambiguous", "The section auth needs exactly one of basic, bearer and sigv4.", "Keep the one that the cluster wants.");
                if (f.Has(bearer, out _) && !f.IsSecret(bearer)) Secrets.Refuse(f, bearer);
            });
    }
}

/// <summary>Name and password of basic authentication.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Password">A secret.</param>
public sealed record BasicCredentials(string Name, string Password)
{
    /// <summary>What the mapping looks like.</summary>
    public static ObjectShape<BasicCredentials> Shape { get; } = Declare();

    /// <summary>Never shows the password.</summary>
    public override string ToString() => Name;

    private static ObjectShape<BasicCredentials> Declare()
    {
        var name = Property.Required("name", "The user's name.", Shapes.Text(1000));
        var password = Property.Required("password", "The password, as a reference ${NAME} to an environment variable.", Shapes.Text(10_000));
        return new ObjectShape<BasicCredentials>("Name and password.", [name, password], f => new BasicCredentials(f.Get(name), f.Get(password)),
            f =>
            {
                if (f.Has(password, out _) && !f.IsSecret(password)) Secrets.Refuse(f, password);
            });
    }
}

/// <summary>What a request is signed for.</summary>
/// <param name="Region">The AWS region, such as <c>eu-west-1</c>.</param>
/// <param name="Service">The service's signing name; <c>aps</c> is Amazon Managed Service for Prometheus.</param>
public sealed record SigV4Settings(string Region, string Service = "aps")
{
    /// <summary>What the mapping looks like.</summary>
    public static ObjectShape<SigV4Settings> Shape { get; } = Declare();

    private static ObjectShape<SigV4Settings> Declare()
    {
        var region = Property.Required("region", "The AWS region, such as eu-west-1.", Shapes.Text(100));
        var service = Property.Optional("service", "The service's signing name. Default: aps.", Shapes.Text(100), "aps");
        return new ObjectShape<SigV4Settings>("AWS Signature Version 4.", [region, service], f => new SigV4Settings(f.Get(region), f.Get(service)));
    }
}

/// <summary>Keeps secrets out of files.</summary>
internal static class Secrets
{
    public static void Refuse(Fields fields, Property property) =>
        fields.Report(property, "secret-in-file", $"A secret ({property.Name}) must not stand in the file.", $"Put it into an environment variable and write {property.Name}: ${{NAME}}.");
}
