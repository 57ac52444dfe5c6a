namespace Streaming.Ingest.Formats;

/// <summary>The fields that errors name: a closed set.</summary>
internal static class FieldNames
{
    /// <summary>The user's id.</summary>
    public const string User = "user";

    /// <summary>The item's id.</summary>
    public const string Item = "item";

    /// <summary>Rating, count or reward.</summary>
    public const string Value = "value";

    /// <summary>Event time.</summary>
    public const string Time = "ts";

    /// <summary>A context value.</summary>
    public const string Context = "context";

    /// <summary>The id that joins a decision with its rewards.</summary>
    public const string Decision = "decision";

    /// <summary>The candidate actions of a decision.</summary>
    public const string Actions = "actions";

    /// <summary>A feature of an action or item.</summary>
    public const string Features = "features";

    /// <summary>The dense vector of an action.</summary>
    public const string Vector = "x";

    /// <summary>The action that was chosen.</summary>
    public const string Chosen = "chosen";

    /// <summary>The probability with which it was chosen.</summary>
    public const string Propensity = "propensity";

    /// <summary>What the chosen action earned.</summary>
    public const string Reward = "reward";

    /// <summary>A reward's own id.</summary>
    public const string RewardId = "id";

    /// <summary>What each action would have earned.</summary>
    public const string Rewards = "rewards";

    /// <summary>What each action earns on average.</summary>
    public const string Expected = "expected";

    /// <summary>Where on the page the action was shown.</summary>
    public const string Position = "position";

    /// <summary>Importance of the event.</summary>
    public const string Weight = "weight";

    /// <summary>Probability with which a dsjson log left a record like this one out.</summary>
    public const string Drop = "pdrop";

    /// <summary>Context and actions of a dsjson record.</summary>
    public const string Body = "c";

    /// <summary>The actions of a dsjson record.</summary>
    public const string Multi = "_multi";

    /// <summary>The slots of a dsjson record that decides several things at once.</summary>
    public const string Slots = "_slots";

    /// <summary>The labels of such slots.</summary>
    public const string Outcomes = "_outcomes";

    /// <summary>The label of a line of vw text.</summary>
    public const string Label = "label";

    /// <summary>The line of vw text that the actions of a decision share.</summary>
    public const string Shared = "shared";

    /// <summary>Column of an Open Bandit log: the action that was chosen.</summary>
    public const string ItemColumn = "item_id";

    /// <summary>Column of an Open Bandit log: the reward.</summary>
    public const string ClickColumn = "click";

    /// <summary>Column of an Open Bandit log: the propensity.</summary>
    public const string PropensityColumn = "propensity_score";

    /// <summary>Columns of an Open Bandit log: one feature of each action, from 0 without gaps.</summary>
    public const string AffinityColumns = "user-item_affinity_0..";

    /// <summary>Where a record came from first; of a cloud event, who sent it.</summary>
    public const string Source = "source";

    /// <summary>What a control record says.</summary>
    public const string Control = "control";

    /// <summary>The stage that a control record means.</summary>
    public const string Stage = "stage";

    /// <summary>Version of the specification of a cloud event.</summary>
    public const string SpecVersion = "specversion";

    /// <summary>Id of a cloud event.</summary>
    public const string EventId = "id";

    /// <summary>Type of a cloud event.</summary>
    public const string Type = "type";

    /// <summary>Time of a cloud event.</summary>
    public const string EventTime = "time";

    /// <summary>Data of a cloud event.</summary>
    public const string Data = "data";

    /// <summary>What people call an item.</summary>
    public const string Title = "title";

    /// <summary>From when on an item may be offered.</summary>
    public const string Born = "born";

    /// <summary>From when on an item may not be offered any more.</summary>
    public const string Expires = "expires";

    /// <summary>The first row of a file, which is to say what the columns are.</summary>
    public const string Header = "header";
}
