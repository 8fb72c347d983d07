using System.Text;
using System.Text.Unicode;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>Reads lists of <c>KeyValue</c> (opentelemetry/proto/common/v1).</summary>
internal static class AttributeReader
{
    /// <summary>Reads one attribute; a fault when it is damaged, has no key, or is not UTF-8.</summary>
    public static PointFault Read(ReadOnlySpan<byte> keyValue, out Attribute attribute)
    {
        ReadOnlySpan<byte> key = default, value = default;
        attribute = default;
        var reader = new ProtobufReader(keyValue);
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case (1 << 3) | Tag.Length: key = reader.Bytes; break;
                case (2 << 3) | Tag.Length: value = reader.Bytes; break;
            }
        }
        if (reader.Failed) return PointFault.Damaged("an attribute");
        if (key.IsEmpty) return new PointFault("empty-attribute-name", "an attribute has no name");
        if (!Utf8.IsValid(key)) return new PointFault("not-utf8", "an attribute's name is not UTF-8");
        var fault = AnyValueText.Read(value, out string text);
        attribute = new Attribute(Encoding.UTF8.GetString(key), text);
        return fault;
    }

    /// <summary>
    /// Reads every field of one number in a message as an attribute, adding to a list, in no order. Other fields are
    /// passed over.
    /// </summary>
    public static PointFault ReadAll(ReadOnlySpan<byte> message, int field, int most, List<Attribute> into)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != field || reader.Type != WireType.LengthDelimited) continue;
            if (into.Count == most) return new PointFault("too-many-labels", $"there are more than {most} attributes");
            var fault = Read(reader.Bytes, out var attribute);
            if (!fault.IsNone) return fault;
            into.Add(attribute);
        }
        return reader.Failed ? PointFault.Damaged("the attributes") : default;
    }
}
