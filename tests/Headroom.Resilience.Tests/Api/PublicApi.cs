using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headroom.Resilience.Tests.Api;

/// <summary>Writes an assembly's public surface as text, in an order that only a change of the surface changes.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext s_nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string?, Type> space in assembly.GetExportedTypes().GroupBy(type => type.Namespace).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("namespace ").AppendLine(space.Key);
            foreach (Type type in space.OrderBy(type => type.FullName, StringComparer.Ordinal))
            {
                text.AppendLine().Append("  ").AppendLine(Head(type));
                foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").AppendLine(member);
            }

            text.AppendLine();
        }

        return text.ToString().ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static string Head(Type type)
    {
        string kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        IEnumerable<string> bases = (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum)
                ? [Name(parent)] : Array.Empty<string>())
            .Concat(type.IsEnum ? [] : type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Select(i => Name(i)).Order(StringComparer.Ordinal));
        string after = string.Join(", ", bases);
        return $"{kind} {Name(type)}{(after.Length > 0 ? " : " + after : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type)) yield return $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}";
            yield break;
        }

        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            string? line = member switch
            {
                ConstructorInfo constructor when Visible(constructor) => $"new({Parameters(constructor)})",
                FieldInfo field when field.IsPublic => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? " = " + field.GetRawConstantValue() : "")}",
                PropertyInfo property when property.GetAccessors(true).Any(Visible) => Property(property),
                EventInfo change when Visible(change.AddMethod!) => $"event {Name(change.EventHandlerType!, s_nullability.Create(change))} {change.Name}",
                MethodInfo method when Visible(method) && !method.IsSpecialName && !Generated(method) => Method(method),
                _ => null,
            };
            if (line is not null) yield return line;
        }
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(true).Where(Visible)];
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string set = property.SetMethod is { } setter && Visible(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;" : "";
        string index = string.Join(", ", property.GetIndexParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));
        string name = index.Length > 0 ? $"this[{index}]" : property.Name;
        return $"{Modifiers(accessors[0])}{required}{Name(property.PropertyType, s_nullability.Create(property))} {name} {{{(property.CanRead ? " get;" : "")}{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        string extension = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        return $"{Modifiers(method)}{Name(method.ReturnType, s_nullability.Create(method.ReturnParameter))} {method.Name}{generic}({extension}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        $"{(p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : "")}{Name(p.ParameterType, s_nullability.Create(p))} {p.Name}{(p.HasDefaultValue ? " = " + (p.DefaultValue is null ? "default" : Convert.ToString(p.DefaultValue, CultureInfo.InvariantCulture)) : "")}"));

    private static string Modifiers(MethodInfo method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "")
        + (method.IsStatic ? "static " : "")
        + (method.IsAbstract ? "abstract " : method.IsVirtual && method.GetBaseDefinition() != method ? "override " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What the compiler writes for every record says nothing about the surface.
    private static bool Generated(MethodInfo method) =>
        method.Name.Contains('<', StringComparison.Ordinal)
        || (method.DeclaringType!.GetMethod("PrintMembers", Declared) is not null
            && method.Name is "Equals" or "GetHashCode" or "ToString" or "PrintMembers" or "Deconstruct");

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef) return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        string mark = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } && type is { IsValueType: false, IsGenericParameter: false } ? "?" : "";
        if (type.IsArray) return Name(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        string name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : Keyword(type) ?? type.Name;
        if (type.IsGenericType)
        {
            Type[] arguments = type.GetGenericArguments();
            IEnumerable<string> names = arguments.Select((argument, i) =>
                Name(argument, nullability is not null && i < nullability.GenericTypeArguments.Length ? nullability.GenericTypeArguments[i] : null));
            name = $"{name.Split('`')[0]}<{string.Join(", ", names)}>";
        }

        return name + mark;
    }

    private static string? Keyword(Type type) =>
        type == typeof(void) ? "void" : type == typeof(int) ? "int" : type == typeof(long) ? "long" : type == typeof(double) ? "double"
        : type == typeof(bool) ? "bool" : type == typeof(string) ? "string" : type == typeof(object) ? "object" : type == typeof(decimal) ? "decimal" : null;
}
