using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Headroom.Reports.Tests.Charts;

/// <summary>What holds for every drawing: well-formed XML, and every coordinate finite and on the paper.</summary>
internal static partial class SvgAssert
{
    private static readonly string[] Horizontal = ["x", "x1", "x2", "cx", "width"];
    private static readonly string[] Vertical = ["y", "y1", "y2", "cy", "height"];

    public static XElement IsSound(string svg)
    {
        using var reader = XmlReader.Create(new StringReader(svg), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, CheckCharacters = true });
        var root = XDocument.Load(reader).Root!;
        Assert.Equal("svg", root.Name.LocalName);
        double[] box = [.. root.Attribute("viewBox")!.Value.Split(' ').Select(Number)];
        foreach (var element in root.DescendantsAndSelf())
        {
            foreach (var attribute in element.Attributes())
            {
                string name = attribute.Name.LocalName;
                if (Horizontal.Contains(name)) Inside(Number(attribute.Value), box[2], attribute);
                else if (Vertical.Contains(name)) Inside(Number(attribute.Value), box[3], attribute);
                else if (name == "d") Path(attribute, box);
            }
        }
        Assert.DoesNotContain("NaN", string.Concat(root.DescendantsAndSelf().Attributes().Select(a => a.Value)), StringComparison.Ordinal);
        return root;
    }

    public static IEnumerable<XElement> Named(this XElement root, string element) => root.Descendants().Where(e => e.Name.LocalName == element);

    public static IEnumerable<XElement> OfClass(this XElement root, string cssClass) =>
        root.Descendants().Where(e => (e.Attribute("class")?.Value ?? "").Split(' ').Contains(cssClass));

    public static IReadOnlyList<(double X, double Y)> Points(XElement path) =>
        [.. Coordinates().Matches(path.Attribute("d")!.Value).Select(m => (Number(m.Groups[1].Value), Number(m.Groups[2].Value)))];

    public static double Number(string text)
    {
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(double.IsFinite(value), $"{text} is not finite");
        return value;
    }

    private static void Path(XAttribute data, double[] box)
    {
        Assert.Matches(@"^(?:[ML]-?\d+(\.\d)? -?\d+(\.\d)?|Z)+$", data.Value);
        foreach (Match match in Coordinates().Matches(data.Value))
        {
            Inside(Number(match.Groups[1].Value), box[2], data);
            Inside(Number(match.Groups[2].Value), box[3], data);
        }
    }

    private static void Inside(double value, double most, XAttribute attribute) =>
        Assert.True(value >= 0 && value <= most, $"{attribute.Parent!.Name.LocalName} {attribute.Name}={value} lies outside 0 to {most}");

    [GeneratedRegex(@"[ML](-?[\d.]+) (-?[\d.]+)")]
    private static partial Regex Coordinates();
}
