namespace Headroom.Shop.Catalogue;

internal sealed record User(int Id, string Name, string Email);

/// <summary>1,000 users, the same for the same seed. Immutable.</summary>
internal sealed class UserDirectory
{
    private static readonly string[] First = ["Ada", "Bela", "Chen", "Dara", "Emil", "Femi", "Gita", "Hana", "Ivo", "Jun"];
    private static readonly string[] Last = ["Abbas", "Brandt", "Costa", "Dahl", "Eriksen", "Fontaine", "Gupta", "Horvat", "Ito", "Jansen"];

    private readonly User[] _users;

    public UserDirectory(int seed)
    {
        var random = new Random(seed);
        _users = new User[1000];
        for (int i = 0; i < _users.Length; i++)
        {
            string name = $"{First[random.Next(First.Length)]} {Last[random.Next(Last.Length)]}";
            _users[i] = new User(i + 1, name, $"{name.Replace(' ', '.').ToLowerInvariant()}.{i + 1}@example.com");
        }
    }

    public User? Find(int id) => id >= 1 && id <= _users.Length ? _users[id - 1] : null;
}
