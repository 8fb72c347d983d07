using System.Globalization;
using System.Text;
using Headroom.Load.Plans;
using Headroom.Load.Templates;

namespace Headroom.Load.Engine;

/// <summary>A piece of a request: bytes, or where a value comes from.</summary>
internal sealed record Segment
{
    public SegmentKind Kind { get; init; }

    /// <summary>The bytes of a literal.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>The variable's, feed's or sequence's number.</summary>
    public int Index { get; init; }

    /// <summary>The feed's column.</summary>
    public int Column { get; init; }

    public long Least { get; init; }
    public long Most { get; init; }

    /// <summary>What <c>pick</c> picks from.</summary>
    public byte[][] Choices { get; init; } = [];

    public ValueFilter Filter { get; init; }

    /// <summary>Whether line breaks in the value would end a header, and are left out.</summary>
    public bool OneLine { get; init; }

    public static Segment[] Literal(string text) => text.Length == 0 ? [] : [new Segment { Kind = SegmentKind.Literal, Bytes = Encoding.UTF8.GetBytes(text) }];

    public static Segment Of(TemplateExpression expression, ValueFilter filter, Dictionary<string, int> variables, IReadOnlyList<Feed> feeds)
    {
        var arguments = expression.Arguments;
        long Number(int i) => long.Parse(arguments![i], CultureInfo.InvariantCulture);
        if (arguments is null)
        {
            switch (expression.Name)
            {
                case "vu": return new Segment { Kind = SegmentKind.Vu, Filter = filter };
                case "iteration": return new Segment { Kind = SegmentKind.Iteration, Filter = filter };
                case "scenario": return new Segment { Kind = SegmentKind.Scenario, Filter = filter };
            }
            if (variables.TryGetValue(expression.Name, out int slot)) return new Segment { Kind = SegmentKind.Variable, Index = slot, Filter = filter };
            int dot = expression.Name.IndexOf('.', StringComparison.Ordinal);
            int feed = feeds.ToList().FindIndex(f => f.Name == expression.Name[..dot]);
            return new Segment { Kind = SegmentKind.Feed, Index = feed, Column = feeds[feed].Columns.ToList().IndexOf(expression.Name[(dot + 1)..]), Filter = filter };
        }
        return expression.Name switch
        {
            "randomInt" => new Segment { Kind = SegmentKind.RandomInt, Least = Number(0), Most = Number(1), Filter = filter },
            "randomString" => new Segment { Kind = SegmentKind.RandomString, Most = Number(0), Filter = filter },
            "pick" => new Segment { Kind = SegmentKind.Pick, Choices = [.. arguments.Select(Encoding.UTF8.GetBytes)], Filter = filter },
            "sequence" => new Segment { Kind = SegmentKind.Sequence, Least = arguments.Count > 0 ? Number(0) : 1, Filter = filter },
            "uuid" => new Segment { Kind = SegmentKind.Uuid, Filter = filter },
            _ => new Segment { Kind = SegmentKind.Timestamp, Filter = filter },
        };
    }
}

/// <summary>Where a segment's value comes from.</summary>
internal enum SegmentKind
{
    Literal,
    Variable,
    Feed,
    Vu,
    Iteration,
    Scenario,
    RandomInt,
    RandomString,
    Pick,
    Sequence,
    Uuid,
    Timestamp,
}
