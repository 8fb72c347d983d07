namespace Headroom.Metrics.Tests.Ingest;

/// <summary>Inputs that are nearly right, from a corpus and a seed: the same seed gives the same inputs.</summary>
internal sealed class Mutations
{
    private readonly byte[][] _corpus;
    private readonly byte[][] _words;
    private readonly Random _random;

    public Mutations(string folder, int seed, params string[] words)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Ingest", "Corpus", folder);
        _corpus = [.. Directory.GetFiles(path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        _words = [.. words.Select(System.Text.Encoding.UTF8.GetBytes)];
        _random = new Random(seed);
    }

    /// <summary>The corpus as it is.</summary>
    public IEnumerable<byte[]> Originals => _corpus;

    /// <summary>An input with one to eight changes.</summary>
    public byte[] Next()
    {
        if (_random.Next(50) == 0)
        {
            byte[] noise = new byte[_random.Next(300)];
            _random.NextBytes(noise);
            return noise;
        }
        var bytes = new List<byte>(_corpus[_random.Next(_corpus.Length)]);
        for (int changes = _random.Next(1, 9); changes > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        int at = _random.Next(bytes.Count + 1);
        int length = Math.Min(_random.Next(1, 24), bytes.Count - at);
        switch (_random.Next(7))
        {
            case 0 when length > 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1 when length > 0: bytes[at] = (byte)_random.Next(256); break;
            case 2: bytes.RemoveRange(at, length); break;
            case 3: bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, length)); break;
            case 4: bytes.RemoveRange(at, _random.Next(4) == 0 ? bytes.Count - at : 0); break;
            case 5:
                byte[] other = _corpus[_random.Next(_corpus.Length)];
                int from = _random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + _random.Next(1, 60))]);
                break;
            default: bytes.InsertRange(at, _words[_random.Next(_words.Length)]); break;
        }
    }
}
