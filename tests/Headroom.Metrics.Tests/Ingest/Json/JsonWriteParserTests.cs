using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Json;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Json;

public sealed class JsonWriteParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly JsonWriteParser Parser = new(new JsonIngestOptions(), new VirtualTimeProvider(Now));

    [Fact]
    public void The_smallest_item_is_a_gauge_now()
    {
        var write = Parse("""{"service_name":"api","metric_type":"cpu","value":42.5}""");
        Assert.Empty(write.Problems);
        Assert.Equal(new FloatSample(Labels.Of("cpu", ("service", "api")), Now.ToUnixTimeMilliseconds(), 42.5), Assert.Single(write.Request.Samples));
        Assert.Equal([0], write.AcceptedItems);
    }

    [Fact]
    public void Every_optional_field_is_kept()
    {
        var write = Parse("""
            [{"id":"a-1","timestamp":"2026-01-30T00:00:00+01:00","metadata":{"trace": "x\u00e9", "deep":[1,{"a":null}]},
              "labels":{"region":"eu","empty":""},"kind":"distribution","unit":"Percent","value":-1e-3,"metric_type":"größe.µ","service_name":"käse"}]
            """);
        Assert.Empty(write.Problems);
        var observation = Assert.Single(write.Request.Observations);
        Assert.Equal(Labels.Of("größe.µ", ("service", "käse"), ("region", "eu")), observation.Labels);
        Assert.Equal(-1e-3, observation.Value);
        Assert.Equal(DateTimeOffset.Parse("2026-01-29T23:00:00Z").ToUnixTimeMilliseconds(), observation.Time);
        Assert.Equal(new SampleNote("""{"trace": "x\u00e9", "deep":[1,{"a":null}]}""", "a-1", "Percent"), observation.Note);
    }

    [Theory]
    [InlineData("Milliseconds", true)]
    [InlineData("Seconds", true)]
    [InlineData("Bytes", true)]
    [InlineData("Megabits", true)]
    [InlineData("ms", true)]
    [InlineData("us", true)]
    [InlineData("By", true)]
    [InlineData("MiB", true)]
    [InlineData("Percent", false)]
    [InlineData("Count", false)]
    [InlineData("None", false)]
    [InlineData("Bytes/Second", false)]
    [InlineData("Count/Second", false)]
    [InlineData("", false)]
    public void A_unit_of_time_or_size_makes_a_distribution(string unit, bool distribution)
    {
        var write = Parse($$"""{"service_name":"api","metric_type":"m","value":1,"unit":"{{unit}}"}""");
        Assert.Equal(distribution ? 1 : 0, write.Request.Observations.Count);
        Assert.Equal(distribution ? 0 : 1, write.Request.Samples.Count);
    }

    [Theory]
    [InlineData("gauge")]
    [InlineData("counter")]
    [InlineData("Gauge")]
    public void A_kind_overrules_the_unit(string kind) =>
        Assert.Single(Parse($$"""{"service_name":"api","metric_type":"m","value":1,"unit":"ms","kind":"{{kind}}"}""").Request.Samples);

    [Theory]
    [InlineData("\"2026-01-31T11:00:00Z\"", "2026-01-31T11:00:00Z")]
    [InlineData("\"2026-01-31T11:00:00\"", "2026-01-31T11:00:00Z")]
    [InlineData("\"2026-01-31 11:00:00.1239\"", "2026-01-31T11:00:00.123Z")]
    [InlineData("\"2026-01-31t13:30:00.5+02:30\"", "2026-01-31T11:00:00.5Z")]
    [InlineData("\"2026-01-31\"", "2026-01-31T00:00:00Z")]
    [InlineData("1769857200", "2026-01-31T11:00:00Z")]
    [InlineData("1769857200.25", "2026-01-31T11:00:00.25Z")]
    [InlineData("1769857200250", "2026-01-31T11:00:00.25Z")]
    [InlineData("1.7698572e9", "2026-01-31T11:00:00Z")]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    public void Timestamps_are_RFC_3339_or_Unix_time(string json, string expected)
    {
        var write = Parse($$"""{"service_name":"api","metric_type":"m","value":1,"timestamp":{{json}}}""");
        Assert.Equal(DateTimeOffset.Parse(expected).ToUnixTimeMilliseconds(), Assert.Single(write.Request.Samples).Time);
    }

    [Theory]
    [InlineData("\"service_name\":\"\"", "service_name", "empty-text", ProblemKind.Invalid)]
    [InlineData("\"service_name\":7", "service_name", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"service_name\":null", "service_name", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"metric_type\":{\"a\":[1]}", "metric_type", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"metric_type\":\"\\ud800x\"", "metric_type", "json-lone-surrogate", ProblemKind.Invalid)]
    [InlineData("\"value\":\"NaN\"", "value", "value-not-finite", ProblemKind.Unprocessable)]
    [InlineData("\"value\":\"-Infinity\"", "value", "value-not-finite", ProblemKind.Unprocessable)]
    [InlineData("\"value\":\"12\"", "value", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"value\":true", "value", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"value\":null", "value", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"value\":1e400", "value", "value-out-of-range", ProblemKind.Unprocessable)]
    [InlineData("\"value\":[1]", "value", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"value\":1,\"value\":2", "value", "json-duplicate-field", ProblemKind.Invalid)]
    [InlineData("\"unit\":5", "unit", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"kind\":\"summary\"", "kind", "unknown-kind", ProblemKind.Invalid)]
    [InlineData("\"labels\":[]", "labels", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"labels\":{\"a\":1}", "labels.a", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"labels\":{\"a\":\"1\",\"a\":\"2\"}", "labels.a", "json-duplicate-field", ProblemKind.Invalid)]
    [InlineData("\"labels\":{\"service\":\"x\"}", "labels.service", "reserved-label", ProblemKind.Invalid)]
    [InlineData("\"labels\":{\"__name__\":\"x\"}", "labels.__name__", "reserved-label", ProblemKind.Invalid)]
    [InlineData("\"labels\":{\"\":\"x\"}", "labels", "empty-text", ProblemKind.Invalid)]
    [InlineData("\"metadata\":\"x\"", "metadata", "json-wrong-type", ProblemKind.Invalid)]
    [InlineData("\"metadata\":{\"a\":\"\\udc00\"}", "metadata", "json-lone-surrogate", ProblemKind.Invalid)]
    [InlineData("\"timestamp\":\"yesterday\"", "timestamp", "bad-timestamp", ProblemKind.Invalid)]
    [InlineData("\"timestamp\":\"2026-02-30T00:00:00Z\"", "timestamp", "bad-timestamp", ProblemKind.Invalid)]
    [InlineData("\"timestamp\":{}", "timestamp", "bad-timestamp", ProblemKind.Invalid)]
    [InlineData("\"timestamp\":\"1969-12-31T23:59:59Z\"", "timestamp", "timestamp-out-of-range", ProblemKind.Unprocessable)]
    [InlineData("\"timestamp\":\"2026-02-01T12:00:01Z\"", "timestamp", "timestamp-out-of-range", ProblemKind.Unprocessable)]
    [InlineData("\"timestamp\":-5", "timestamp", "timestamp-out-of-range", ProblemKind.Unprocessable)]
    [InlineData("\"id\":\"\"", "id", "empty-text", ProblemKind.Invalid)]
    [InlineData("\"tags\":{}", null, "json-unknown-field", ProblemKind.Invalid)]
    [InlineData("\"\\ud800\":1", null, "json-unknown-field", ProblemKind.Invalid)]
    public void A_bad_field_is_named_and_its_neighbours_are_kept(string field, string? place, string code, ProblemKind kind)
    {
        string name = field[1..field.IndexOf('"', 1)];
        string rest = string.Join(",", ((string[])["\"service_name\":\"api\"", "\"metric_type\":\"m\"", "\"value\":1"]).Where(other => !other.StartsWith($"\"{name}\"", StringComparison.Ordinal)));
        const string Good = """{"service_name":"api","metric_type":"m","value":1}""";
        var write = Parse($"[{Good},{{{field},{rest}}},{Good}]");

        var problem = Assert.Single(write.Problems);
        Assert.Equal((code, place is null ? "[1]" : $"[1].{place}", kind), (problem.Code, problem.Where, problem.Kind));
        Assert.Equal([0, 2], write.AcceptedItems);
        Assert.Equal((3, 1, 2), (write.Items, write.RejectedItems, write.Request.Count));

        Assert.Equal(place, Assert.Single(Parse($"{{{field},{rest}}}").Problems).Where);
    }

    [Fact]
    public void Every_fault_of_an_item_is_reported_at_once()
    {
        var write = Parse("""{"value":"x","unit":3,"labels":{"a":1,"b":[]}}""");
        Assert.Equal(["value", "unit", "labels.a", "labels.b", "service_name", "metric_type"], write.Problems.Select(problem => problem.Where));
        Assert.Equal(1, write.RejectedItems);
    }

    [Fact]
    public void An_element_that_is_no_object_is_named()
    {
        var write = Parse("""[1,[[2]],"x",{"service_name":"api","metric_type":"m","value":1}]""");
        Assert.Equal(["[0]", "[1]", "[2]"], write.Problems.Select(problem => problem.Where));
        Assert.Equal([3], write.AcceptedItems);
        Assert.Equal(3, write.ItemOf(SampleKind.Float, 0));
    }

    [Theory]
    [InlineData("", "byte 0")]
    [InlineData("  \n ", "byte 0")]
    [InlineData("7", "byte 0")]
    [InlineData("[\n {\"value\":NaN}]", "byte 12")]
    [InlineData("[]]", "byte 2")]
    [InlineData("{} x", "byte 3")]
    [InlineData("{\"value\":1,}", "byte 11")]
    [InlineData("{\"value\":01}", "byte 10")]
    [InlineData("{\"value\":1", "byte 10")]
    public void A_malformed_body_is_one_problem_with_its_offset(string body, string place)
    {
        var write = Parse(body);
        Assert.Equal(place, Assert.Single(write.Problems).Where);
        Assert.Same(write.BodyProblem, write.Problems[0]);
        Assert.Equal((0, 0), (write.Request.Count, write.Items));
        Assert.DoesNotContain("LineNumber", write.BodyProblem!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_that_breaks_off_writes_nothing()
    {
        var write = Parse("""[{"service_name":"api","metric_type":"m","value":1},{"service""");
        Assert.Equal(0, write.Request.Count);
        Assert.Equal(ProblemKind.Invalid, write.BodyProblem!.Kind);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_named_by_offset()
    {
        var write = Parser.Parse([(byte)'[', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)']']);
        Assert.Equal(("json-not-utf8", "byte 2"), (write.BodyProblem!.Code, write.BodyProblem.Where));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Single(Parse("\uFEFF{\"service_name\":\"api\",\"metric_type\":\"m\",\"value\":1}").Request.Samples);

    [Fact]
    public void Nesting_beyond_the_limit_is_refused() =>
        Assert.Equal("json-malformed", Parse(new string('[', 100_000)).BodyProblem!.Code);

    [Theory]
    [InlineData("labels\":{\"a\":", "}", 10_000_000, "labels.a")]
    [InlineData("metric_type\":", "", 5000, "metric_type")]
    [InlineData("id\":", "", 129, "id")]
    [InlineData("unit\":", "", 129, "unit")]
    [InlineData("metadata\":{\"a\":", "}", 9000, "metadata")]
    public void A_text_beyond_its_limit_is_too_large(string before, string after, int length, string place)
    {
        var write = Parse($"[{{\"service_name\":\"api\",\"value\":1,\"{before}\"{new string('x', length)}\"{after}}}]");
        var problem = write.Problems[0];
        Assert.Equal(($"[0].{place}", ProblemKind.TooLarge), (problem.Where, problem.Kind));
        Assert.True(problem.ToString().Length < 300);
    }

    [Fact]
    public void A_text_at_its_limit_is_kept_however_it_is_escaped()
    {
        string id = string.Concat(Enumerable.Repeat("\\u0061", 128));
        var write = Parse($$"""{"service_name":"api","metric_type":"{{new string('é', 2048)}}","value":1,"id":"{{id}}"}""");
        Assert.Empty(write.Problems);
        Assert.Equal(new string('a', 128), write.Request.Samples[0].Note!.Id);
    }

    [Fact]
    public void More_labels_than_the_limit_are_too_large()
    {
        string labels = string.Join(",", Enumerable.Range(0, 10_000).Select(i => $"\"l{i}\":\"v\""));
        var problem = Assert.Single(Parse($$"""{"service_name":"api","metric_type":"m","value":1,"labels":{ {{labels}} } }""").Problems);
        Assert.Equal(("labels", ProblemKind.TooLarge), (problem.Where, problem.Kind));
        string fits = string.Join(",", Enumerable.Range(0, 38).Select(i => $"\"l{i}\":\"v\""));
        Assert.Empty(Parse($$"""{"service_name":"api","metric_type":"m","value":1,"labels":{ {{fits}} } }""").Problems);
        Assert.Single(Parse($$"""{"service_name":"api","metric_type":"m","value":1,"labels":{ {{fits}},"one":"more"} }""").Problems);
    }

    [Fact]
    public void More_items_or_bytes_than_the_limit_are_too_large()
    {
        const string Item = """{"service_name":"api","metric_type":"m","value":1}""";
        var small = new JsonWriteParser(new JsonIngestOptions { MaxItems = 3, MaxBodyBytes = 400 }, new VirtualTimeProvider(Now));
        Assert.Equal(3, small.Parse(Encoding.UTF8.GetBytes($"[{Item},{Item},{Item}]")).Request.Count);
        var items = small.Parse(Encoding.UTF8.GetBytes($"[{Item},{Item},{Item},{Item}]"));
        Assert.Equal(("too-many-items", ProblemKind.TooLarge, 0), (items.BodyProblem!.Code, items.BodyProblem.Kind, items.Request.Count));
        Assert.Equal("body-too-large", small.Parse(new byte[401]).BodyProblem!.Code);
    }

    [Fact]
    public void Problems_are_listed_up_to_a_hundred_and_all_counted()
    {
        var write = Parse($"[{string.Join(",", Enumerable.Repeat("1", 1000))}]");
        Assert.Equal((100, 1000, 1000), (write.Problems.Count, write.ProblemCount, write.RejectedItems));
    }

    [Fact]
    public void The_stores_refusals_are_told_in_positions_of_the_body()
    {
        var write = Parse("""[0,{"service_name":"api","metric_type":"m","value":1,"unit":"s"},{"service_name":"api","metric_type":"m","value":1}]""");
        Assert.Equal("[1]", write.ToProblem(new WriteRejection(SampleKind.Observation, 0, "too-old", "x")).Where);
        Assert.Equal("[2]", write.ToProblem(new WriteRejection(SampleKind.Float, 0, "too-old", "x")).Where);
        Assert.Equal(ProblemKind.Unprocessable, write.ToProblem(new WriteRejection(SampleKind.Float, 0, "too-old", "x")).Kind);
    }

    private static JsonWrite Parse(string body) => Parser.Parse(Encoding.UTF8.GetBytes(body));
}
