using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest;

/// <summary>A line of the catalogue of sources.</summary>
/// <param name="Kind">Value of <c>Source:Type</c>.</param>
/// <param name="Name">How that is written.</param>
/// <param name="Summary">One line for <c>streaming list sources</c>.</param>
/// <param name="Create">Builds one of valid options; the codec gives ids their keys.</param>
public sealed record SourceType(SourceKind Kind, string Name, string Summary, Func<SourceOptions, EntityKeyCodec, IEventSource> Create);
