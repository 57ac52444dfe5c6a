using System.Runtime.CompilerServices;

// The tests compare every vector width, which callers cannot choose.
[assembly: InternalsVisibleTo("Streaming.Operators.Tests")]
