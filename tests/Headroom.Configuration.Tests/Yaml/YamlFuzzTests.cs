using System.Text;
using Headroom.Configuration.Tests.Loading;

namespace Headroom.Configuration.Tests.Yaml;

/// <summary>Mutated files must give a configuration or problems, and never an exception.</summary>
public sealed class YamlFuzzTests
{
    private static readonly string[] Corpus =
    [
        "project: shop\nmetrics: { backend: embedded, fsync: always }\nprobes:\n  - name: a\n    every: 30s\n    labels: { x: y }\n  - name: \"b\"\n    share: 99.9%\n",
        "base: &b\n  name: x\n  every: 5m\nprobes:\n  - <<: *b\n    note: |\n      several\n      lines\n  - <<: [*b, {limit: 10MB}]\n    note: >-\n      folded\n",
        "%YAML 1.2\n---\n? project\n: shop\nprobes: [ {name: 'it''s', weight: 1e3}, {name: \"\\u00e4\\n\", note: ${X:-y}} ]\n...\n",
        "include: [other.yaml, 'part*.yaml']\nmetrics:\n  fsync: !!str interval # why not\nprobes:\n- name: ~\n- *q\n",
    ];

    private static readonly string[] Pieces =
        ["\n", "\t", ":", ": ", "- ", "&a ", "*a", "<<: ", "{", "}", "[", "]", "|", ">", "'", "\"", "#", "%", "@", "!", "!!", "---\n", "...\n", "? ", "${", "}", "\\", "\0", "\uFEFF", "\u2028", "é", "  ", ","];

    [Fact]
    public void A_mutated_file_never_throws()
    {
        var random = new Random(20_260_201);
        for (int round = 0; round < 6_000; round++)
        {
            byte[] mutated = Mutate(random, Encoding.UTF8.GetBytes(Corpus[random.Next(Corpus.Length)]));
            var files = new FilesInMemory().With("headroom.yaml", mutated).With("other.yaml", "project: x\n").With("part1.yaml", "probes: [{name: z}]\n");
            try
            {
                var outcome = Shop.Load(files);
                Assert.True((outcome.Configuration is null) == (outcome.Problems.Count > 0));
                Assert.All(outcome.Problems, p => Assert.NotNull(p.Where));
            }
            catch (Exception broken) when (broken is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"round {round}: {broken}\n{Encoding.UTF8.GetString(mutated)}");
            }
        }
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var list = bytes.ToList();
        for (int k = random.Next(1, 8); k > 0 && list.Count > 0; k--)
        {
            int at = random.Next(list.Count);
            switch (random.Next(5))
            {
                case 0: list[at] = (byte)random.Next(256); break;
                case 1: list.RemoveRange(at, Math.Min(list.Count - at, random.Next(1, 12))); break;
                case 2: list.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 3: list.InsertRange(at, list.GetRange(at, Math.Min(list.Count - at, random.Next(1, 40)))); break;
                default: list.RemoveRange(at, list.Count - at); break;
            }
        }
        return [.. list];
    }
}
