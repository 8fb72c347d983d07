namespace Headroom.Objectives.Alarms;

/// <summary>The states of an alarm, as Amazon CloudWatch has them; a later one is worse.</summary>
public enum AlarmState
{
    /// <summary>The condition does not hold.</summary>
    Ok,

    /// <summary>The alarm is new, or there is not enough data to say.</summary>
    InsufficientData,

    /// <summary>The condition holds.</summary>
    Alarm,
}

/// <summary>The words of <see cref="AlarmState"/> in JSON, in rules and in test files.</summary>
public static class AlarmStates
{
    /// <summary><c>OK</c>, <c>INSUFFICIENT_DATA</c> or <c>ALARM</c>.</summary>
    public static string WordOf(AlarmState state) => state switch { AlarmState.Ok => "OK", AlarmState.Alarm => "ALARM", _ => "INSUFFICIENT_DATA" };

    /// <summary>The state of a word in any case, or null.</summary>
    public static AlarmState? Of(string word) => word.ToUpperInvariant() switch { "OK" => AlarmState.Ok, "ALARM" => AlarmState.Alarm, "INSUFFICIENT_DATA" => AlarmState.InsufficientData, _ => null };
}
