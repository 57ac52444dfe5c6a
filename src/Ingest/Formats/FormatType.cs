using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>A line of the catalogue of formats.</summary>
/// <param name="Name">Its name on the command line and in <c>Source:Format</c>.</param>
/// <param name="Summary">One line for <c>streaming list formats</c>.</param>
/// <param name="Create">Builds one with the options that concern it.</param>
public sealed record FormatType(string Name, string Summary, Func<SourceOptions, IEventFormat> Create);
