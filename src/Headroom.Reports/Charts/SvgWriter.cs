using System.Globalization;
using System.Text;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>
/// Writes well-formed SVG: every element is closed, every text escaped, every number finite. A coordinate that is not
/// finite is a defect of the caller and throws, because one NaN makes a browser drop the whole shape silently.
/// </summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();
    private bool _inStartTag;

    public SvgWriter Open(string element)
    {
        EndStartTag();
        _text.Append('<').Append(element);
        _open.Push(element);
        _inStartTag = true;
        return this;
    }

    public SvgWriter With(string attribute, string value)
    {
        _text.Append(' ').Append(attribute).Append("=\"");
        Escape(value);
        _text.Append('"');
        return this;
    }

    public SvgWriter With(string attribute, double value)
    {
        _text.Append(' ').Append(attribute).Append("=\"");
        Coordinate(_text, value);
        _text.Append('"');
        return this;
    }

    public SvgWriter Text(string text)
    {
        EndStartTag();
        Escape(PlainText.Lines(text));
        return this;
    }

    /// <summary>Style sheets hold no markup, and their text is ours.</summary>
    public SvgWriter Style(string css)
    {
        Open("style");
        EndStartTag();
        _text.Append(css);
        return Close();
    }

    public SvgWriter Close()
    {
        string element = _open.Pop();
        if (_inStartTag)
        {
            _text.Append("/>");
            _inStartTag = false;
        }
        else
        {
            _text.Append("</").Append(element).Append('>');
        }
        return this;
    }

    public SvgWriter Line(double x1, double y1, double x2, double y2, string cssClass) =>
        Open("line").With("x1", x1).With("y1", y1).With("x2", x2).With("y2", y2).With("class", cssClass).Close();

    public SvgWriter Rectangle(double x, double y, double width, double height, string cssClass) =>
        OpenRectangle(x, y, width, height, cssClass).Close();

    public SvgWriter OpenRectangle(double x, double y, double width, double height, string cssClass) =>
        Open("rect").With("x", x).With("y", y).With("width", width).With("height", height).With("class", cssClass);

    public SvgWriter Circle(double x, double y, double radius, string cssClass) =>
        Open("circle").With("cx", x).With("cy", y).With("r", radius).With("class", cssClass).Close();

    public SvgWriter Label(double x, double y, string text, string cssClass, string anchor = "start")
    {
        Open("text").With("x", x).With("y", y).With("class", cssClass);
        if (anchor != "start") With("text-anchor", anchor);
        return Text(text).Close();
    }

    public SvgWriter Path(string data, string cssClass) => Open("path").With("d", data).With("class", cssClass).Close();

    /// <summary>A whole drawing inside this one, at its own place.</summary>
    public SvgWriter Nested(double x, double y, double width, double height, string drawing)
    {
        Open("svg").With("x", x).With("y", y).With("width", width).With("height", height);
        EndStartTag();
        _text.Append(drawing);
        return Close();
    }

    public override string ToString() => _open.Count == 0 ? _text.ToString() : throw new InvalidOperationException($"<{_open.Peek()}> is not closed");

    /// <summary>Appends a coordinate to a tenth of a pixel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static void Coordinate(StringBuilder text, double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "a coordinate must be finite");
        double rounded = Math.Round(value, 1);
        text.Append(CultureInfo.InvariantCulture, $"{(rounded == 0 ? 0 : rounded):0.#}");
    }

    private void EndStartTag()
    {
        if (_inStartTag) _text.Append('>');
        _inStartTag = false;
    }

    private void Escape(string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                _ => _text.Append(c),
            };
        }
    }
}
