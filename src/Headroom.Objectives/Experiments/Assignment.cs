using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Headroom.Objectives.Experiments;

/// <summary>
/// Which variant a user gets: always the same one, decided by the name alone, so that any process anywhere says the same
/// without asking. Weighted rendezvous hashing (Thaler and Ravishankar, 1998; weights after Schindelhauer and Schomaker, 2005): the
/// variant with the largest weight / −ln(u), u being a hash of experiment, variant and user in (0, 1). When a weight
/// changes, users move only to variants whose share grew and from variants whose share shrank, and no more than the
/// shares need.
/// </summary>
public static class Assignment
{
    /// <summary>
    /// Groups of users by a second hash. Users are independent of each other, so groups are too, whatever one user does
    /// how often: their spread gives honest errors.
    /// </summary>
    public const int Groups = 100;

    /// <summary>The variant of a user.</summary>
    public static Variant Assign(ExperimentDefinition experiment, string user)
    {
        var best = experiment.Variants[0];
        double highest = double.NegativeInfinity;
        foreach (var variant in experiment.Variants)
        {
            double score = variant.Weight / -Math.Log(Uniform(experiment.Name, variant.Name, user));
            if (score > highest) (best, highest) = (variant, score);
        }
        return best;
    }

    /// <summary>The group of a user, 0 to <see cref="Groups"/> − 1; independent of the variant.</summary>
    public static int GroupOf(ExperimentDefinition experiment, string user) => (int)(Uniform(experiment.Name, "", user) * Groups);

    /// <summary>A number in (0, 1) from SHA-256 of three texts, each preceded by its length.</summary>
    private static double Uniform(string experiment, string variant, string user)
    {
        int size = 12 + Encoding.UTF8.GetMaxByteCount(experiment.Length + variant.Length + user.Length);
        byte[]? rented = size > 1024 ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> text = rented ?? stackalloc byte[1024];
        int at = Append(text, 0, experiment);
        at = Append(text, at, variant);
        at = Append(text, at, user);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..at], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        // 53 bits, moved half a step off 0, so that neither 0 nor 1 can come.
        return ((BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) + 0.5) / (1L << 53);
    }

    private static int Append(Span<byte> into, int at, string text)
    {
        int length = Encoding.UTF8.GetBytes(text, into[(at + 4)..]);
        BinaryPrimitives.WriteInt32BigEndian(into[at..], length);
        return at + 4 + length;
    }
}
