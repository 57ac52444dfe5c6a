using System.Text;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

public sealed class CloudEventsFormatTests : IDisposable
{
    private const string Attributes = "\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/shop\",\"type\":\"com.example.rating\"";

    private readonly Decoding _decoding = new();
    private readonly CloudEventsFormat _format = new();

    [Theory]
    [InlineData("{" + Attributes + ",\"data\":{\"user\":\"u\",\"item\":\"i\",\"value\":4,\"ts\":9}}", "u i 4 9000000")]
    [InlineData("{\"data\":{\"user\":\"u\",\"item\":\"i\",\"value\":4,\"ts\":9}," + Attributes + ",\"time\":\"1970-01-01T00:00:01Z\"}", "u i 4 9000000")]
    [InlineData("{" + Attributes + ",\"data\":{\"user\":\"u\",\"item\":\"i\"},\"time\":\"1970-01-01T00:00:01Z\"}", "u i NaN 1000000")]
    [InlineData("  {" + Attributes + ",\"data\" : {\"user\":\"u\",\"item\":\"i\"}, \"subject\":{\"deep\":[1]}, \"time\":null}", "u i NaN 123456")]
    [InlineData("{\"specversion\":\"1\\u002e0\",\"id\":\"e1\",\"source\":\"s\",\"type\":\"t\",\"datacontenttype\":\"application/json\",\"data\":{\"user\":\"u\",\"item\":\"i\"}}", "u i NaN 123456")]
    [InlineData("{" + Attributes + ",\"data_base64\":\"eyJ1c2VyIjoidSIsIml0ZW0iOiJpIiwidmFsdWUiOjJ9\"}", "u i 2 123456")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"vw.dsjson\",\"data\":{\"_label_cost\":-2,\"_label_probability\":0.5,\"_labelIndex\":0,\"c\":{\"_multi\":[{\"_tag\":\"a\"}]}}}", " a 2 123456")]
    public void An_event_is_what_its_data_is(string record, string expected) => Assert.Equal(expected, _decoding.Decode(_format, record));

    [Theory]
    [InlineData("{\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "missing-field specversion")]
    [InlineData("{\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "missing-field id")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "missing-field id")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\",\"data\":{}}", "missing-field source")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":{\"topic\":0,\"partition\":0,\"offset\":0,\"arrived\":0},\"type\":\"t\",\"data\":{}}", "missing-field source")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"data\":{}}", "missing-field type")]
    [InlineData("{" + Attributes + "}", "missing-field data")]
    [InlineData("{" + Attributes + ",\"data\":null}", "missing-field data")]
    [InlineData("{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "malformed specversion")]
    [InlineData("{\"specversion\":1.0,\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "malformed specversion")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "duplicate-key source")]
    [InlineData("{" + Attributes + ",\"data\":\"text\"}", "malformed data")]
    [InlineData("{" + Attributes + ",\"data_base64\":\"%\"}", "malformed data")]
    [InlineData("{" + Attributes + ",\"data\":{},\"data_base64\":\"\"}", "duplicate-key data")]
    [InlineData("{" + Attributes + ",\"time\":\"soon\",\"data\":{\"user\":\"u\",\"item\":\"i\"}}", "bad-time time")]
    [InlineData("{" + Attributes + ",\"data\":{\"user\":\"u\"}}", "missing-field item")]
    [InlineData("{" + Attributes + ",\"data\":{\"user\":\"u\",\"item\":\"i\",\"ts\":\"soon\"}}", "bad-time ts")]
    [InlineData("{" + Attributes + ",\"data\":{\"user\":\"u\",\"item\":\"i\"}", "malformed")]
    [InlineData("[]", "malformed")]
    public void A_bad_event_names_its_attribute_or_the_field_of_its_data(string record, string expected) => Assert.Equal(expected, _decoding.Decode(_format, record));

    [Fact]
    public void A_large_coded_event_is_read_and_the_next_one_too()
    {
        string data = $"{{\"user\":\"u\",\"item\":\"i\",\"pad\":\"{new string('x', 5000)}\"}}";
        string record = $"{{{Attributes},\"data_base64\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}\"}}";
        Assert.Equal("u i NaN 123456", _decoding.Decode(_format, record));
        Assert.Equal("v i NaN 123456", _decoding.Decode(_format, "{" + Attributes + ",\"data\":{\"user\":\"v\",\"item\":\"i\"}}"));
    }

    public void Dispose() => _decoding.Dispose();
}
