using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;

namespace Streaming.Host.Cli;

/// <summary>Builds a detector or a sketch that the command line names, with its <c>--set</c> options bound strictly.</summary>
internal static class ComponentOptions
{
    public static TContract Create<TContract>(
        IReadOnlyList<ComponentType<TContract>> catalogue, string what, string name, IEnumerable<KeyValuePair<string, string?>> settings, ulong seed)
    {
        ComponentType<TContract> type = catalogue.FirstOrDefault(c => c.Name == name)
            ?? throw new UsageException($"there is no {what} '{name}'; there are {string.Join(", ", catalogue.Select(c => c.Name))}");
        List<ConfigurationMistake> mistakes = [];
        object options = type.NewOptions();
        new StrictBinder(mistakes).Bind(SettingArguments.Section(name, settings), options);
        return mistakes.Count == 0 ? type.Create(options, seed) : throw new ConfigurationException(mistakes);
    }
}
