#include "rest/bundle_writer.hpp"

#include "healthlake/json/tree.hpp"

namespace healthlake::rest {

SearchsetWriter::SearchsetWriter(std::optional<std::uint64_t> total)
    : out_(R"({"resourceType":"Bundle","type":"searchset")") {
  if (total) out_ += ",\"total\":" + std::to_string(*total);
}

// FHIR knows no empty arrays, so an array is begun by its first member.
void SearchsetWriter::Begin(Part part, std::string_view name) {
  if (part_ == part) {
    out_ += ',';
    return;
  }
  if (part_ != Part::kNone) out_ += ']';
  out_ += ",\"";
  out_ += name;
  out_ += "\":[";
  part_ = part;
}

void SearchsetWriter::AddLink(std::string_view relation, std::string_view url) {
  Begin(Part::kLinks, "link");
  out_ += "{\"relation\":";
  out_ += json::Quote(relation);
  out_ += ",\"url\":";
  out_ += json::Quote(url);
  out_ += '}';
}

void SearchsetWriter::AddEntry(std::string_view full_url, std::string_view json,
                               std::string_view mode) {
  Begin(Part::kEntries, "entry");
  out_ += "{\"fullUrl\":";
  out_ += json::Quote(full_url);
  out_ += ",\"resource\":";
  out_ += json;
  out_ += ",\"search\":{\"mode\":\"";
  out_ += mode;
  out_ += "\"}}";
}

std::string SearchsetWriter::Finish() {
  if (part_ != Part::kNone) out_ += ']';
  out_ += '}';
  return std::move(out_);
}

}  // namespace healthlake::rest
