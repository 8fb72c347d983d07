using System.Text;
using Headroom.Load.Extraction;
using Headroom.Load.Templates;

namespace Headroom.Load.Tests.Extraction;

public sealed class ConditionTests
{
    private const string Head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Id:  42 \r\n\r\n";
    private const string Body = """{"valid":true,"items":[{"id":7,"name":"a b"},{"id":8}],"n":null,"a.b":"c"}""";

    [Theory]
    [InlineData("status == 201", true)]
    [InlineData("status != 201", false)]
    [InlineData("status in 200, 201", true)]
    [InlineData("status in [200]", false)]
    [InlineData("duration < 500ms", true)]
    [InlineData("duration < 200", false)]
    [InlineData("duration >= 250", true)]
    [InlineData("size == 77", false)]
    [InlineData("body contains \"a b\"", true)]
    [InlineData("body matches ^\\{.*\\}$", true)]
    [InlineData("header content-type contains json", true)]
    [InlineData("header x-id == 42", true)]
    [InlineData("header x-none exists", false)]
    [InlineData("$.valid == true", true)]
    [InlineData("$.items[-1].id == 8", true)]
    [InlineData("$.items.length == 2", true)]
    [InlineData("$['a.b'] == c", true)]
    [InlineData("$.items[5].id exists", false)]
    [InlineData("$.items[0].id > 6", true)]
    [InlineData("$.nothing != x", true)]
    public void A_condition_reads_the_answer(string text, bool holds)
    {
        Assert.True(Condition.TryParse(text, out var condition, out string reason), reason);
        Assert.Equal(holds, condition.Holds(new Answer(201, 0.25, Encoding.ASCII.GetBytes(Head), Encoding.UTF8.GetBytes(Body), Body.Length)));
    }

    [Theory]
    [InlineData("status = 200")]
    [InlineData("stat == 200")]
    [InlineData("status == ok")]
    [InlineData("status <")]
    [InlineData("body matches (")]
    [InlineData("body matches (a)\\1")]
    [InlineData("$.a[*] == 1")]
    [InlineData("header == x")]
    [InlineData("duration < fast")]
    [InlineData("body exists now")]
    public void What_is_no_condition_is_refused_with_a_reason(string text)
    {
        Assert.False(Condition.TryParse(text, out _, out string reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Answers_that_are_no_json_have_no_values()
    {
        Assert.True(Condition.TryParse("$.a exists", out var condition, out _));
        foreach (string body in (string[])["", "{", "nope", new string('[', 5000)])
            Assert.False(condition.Holds(new Answer(200, 0, default, Encoding.UTF8.GetBytes(body), 0)));
    }

    [Theory]
    [InlineData("{{ randomInt(1, 5) | raw }}", "randomInt", ValueFilter.Raw)]
    [InlineData("{{ users.name }}", "users.name", ValueFilter.ByPlace)]
    [InlineData("{{pick(\"a|b\", 'c')|base64}}", "pick", ValueFilter.Base64)]
    public void Template_expressions_are_read(string text, string name, object filter)
    {
        Assert.True(Template.TryParse(text, out var template, out _));
        var expression = Assert.Single(template.Expressions);
        Assert.Equal((name, filter), (expression.Name, expression.Filter));
    }

    [Theory]
    [InlineData("{{ ")]
    [InlineData("{{ }}")]
    [InlineData("{{ a b }}")]
    [InlineData("{{ nope() }}")]
    [InlineData("{{ randomInt(1) }}")]
    [InlineData("{{ randomInt(a, b) }}")]
    [InlineData("{{ randomString(0) }}")]
    [InlineData("{{ x | upper }}")]
    [InlineData("{{ pick(\"a }}")]
    public void Templates_that_cannot_be_read_say_why(string text)
    {
        Assert.False(Template.TryParse(text, out _, out string reason));
        Assert.NotEmpty(reason);
    }
}
