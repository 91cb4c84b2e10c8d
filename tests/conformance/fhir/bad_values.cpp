#include "conformance/fhir/bad_values.hpp"

#include <map>
#include <vector>

namespace healthlake::fhir {
namespace {

using Tokens = std::vector<std::string_view>;

const std::map<std::string_view, Tokens>& BadValues() {
  static const std::map<std::string_view, Tokens> values = {
      {"base64Binary", {R"("AAA=A")", R"("?AAA")", R"("AAAAA")", R"("=AAA")"}},
      {"boolean", {R"("true")", "1"}},
      {"canonical", {R"("http://example.org/a b")", R"(" http://example.org")"}},
      {"code", {R"("a  b")", R"(" a")", R"("a ")", R"("a\n\nb")"}},
      {"date",
       {R"("2021-02-30")", R"("2021-13")", R"("2021-1-1")", R"("2021-02-01T00:00:00Z")",
        R"("20210201")", R"("2021-04-31")", R"("1900-02-29")", R"("21")", R"("2021-00-01")"}},
      {"dateTime",
       {R"("2021-02-30")", R"("2021-02-01T10:00:00")", R"("2021-02-01T10:00Z")",
        R"("2021-02-01T25:00:00Z")", R"("2021-02-30T10:00:00Z")", R"("2021-02-01T10:60:00Z")",
        R"("2021-02-01T10:00:00+15:00")", R"("2021-02-01 10:00:00Z")", R"("2021-02-01T")"}},
      {"decimal", {R"("1.0")", "true"}},
      {"id",
       {R"("a b")", R"("a/b")", R"("a_b")", R"("é")",
        R"("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")"}},
      {"instant",
       {R"("2021-02-01")", R"("2021-02-30T10:00:00Z")", R"("2021-02-01T10:00:00")",
        R"("2021-02-01T10:00Z")", R"("2021-02")"}},
      {"integer", {"2147483648", "-2147483649", "1.5", "1.0", "1e2", R"("1")", "-0.5"}},
      {"markdown", {R"("\u0001")", R"("a\u0000")"}},
      {"oid", {R"("1.2.3")", R"("urn:oid:3.1")", R"("urn:oid:1")", R"("urn:oid:1.02")"}},
      {"positiveInt", {"0", "-1", "2147483648", "1.5", R"("1")"}},
      {"string", {R"("\u0001")", R"("a\u0000")"}},
      {"time", {R"("24:00:00")", R"("10:00")", R"("10:60:00")", R"("10:00:00Z")", R"("1:00:00")"}},
      {"unsignedInt", {"-1", "2147483648", "0.5", R"("0")"}},
      {"uri", {R"("http://example.org/a b")", R"(" urn:x")", R"("urn:x\n")"}},
      {"url", {R"("http://example.org/a b")", R"(" http://example.org")"}},
      {"uuid", {R"("urn:uuid:x")", R"("c757873d-ec9a-4326-a141-556f43239520")"}},
  };
  return values;
}

}  // namespace

std::span<const std::string_view> BadValuesOf(std::string_view primitive_type) {
  const auto found = BadValues().find(primitive_type);
  return found == BadValues().end() ? std::span<const std::string_view>()
                                    : std::span<const std::string_view>(found->second);
}

std::span<const std::string_view> BadNarratives() {
  static const Tokens narratives = {
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p onclick=\"x\">x</p></div>")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\"><form>x</form></div>")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</div>")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\">x")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\">&unknown;</div>")",
      R"("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div><p>x</p>")",
      R"("<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>")",
      R"("x")",
  };
  return narratives;
}

std::string_view GoodValueOf(std::string_view type) {
  static const std::map<std::string_view, std::string_view> values = {
      {"base64Binary", R"("AAAA")"},
      {"boolean", "true"},
      {"date", R"("2021-02-01")"},
      {"dateTime", R"("2021-02-01T10:00:00Z")"},
      {"decimal", "1.0"},
      {"instant", R"("2021-02-01T10:00:00Z")"},
      {"integer", "1"},
      {"oid", R"("urn:oid:1.2.3")"},
      {"positiveInt", "1"},
      {"time", R"("10:00:00")"},
      {"unsignedInt", "1"},
      {"uuid", R"("urn:uuid:c757873d-ec9a-4326-a141-556f43239520")"},
  };
  const auto found = values.find(type);
  if (found != values.end()) return found->second;
  return type.front() >= 'a' && type.front() <= 'z' ? R"("x")" : R"({"id":"x"})";
}

}  // namespace healthlake::fhir
