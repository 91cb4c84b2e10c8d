#include "rest/bundle_writer.hpp"

#include "healthlake/core/time_text.hpp"
#include "healthlake/json/tree.hpp"
#include "rest/headers.hpp"

namespace healthlake::rest {
namespace {

std::string_view NameOf(datastore::WriteMethod method) {
  switch (method) {
    case datastore::WriteMethod::kPost:
      return "POST";
    case datastore::WriteMethod::kPut:
      return "PUT";
    case datastore::WriteMethod::kDelete:
      break;
  }
  return "DELETE";
}

std::string_view StatusOf(const datastore::HistoryItem& item) {
  if (item.stored.deleted) return "204";
  return item.created ? "201" : "200";
}

}  // namespace

BundleWriter::BundleWriter(std::string_view type, std::optional<std::uint64_t> total)
    : out_(R"({"resourceType":"Bundle","type":")") {
  out_ += type;
  out_ += '"';
  if (total) out_ += ",\"total\":" + std::to_string(*total);
}

// FHIR knows no empty arrays, so an array is begun by its first member.
void BundleWriter::Begin(Part part, std::string_view name) {
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

void BundleWriter::AddLink(std::string_view relation, std::string_view url) {
  Begin(Part::kLinks, "link");
  out_ += "{\"relation\":";
  json::AppendQuoted(out_, relation);
  out_ += ",\"url\":";
  json::AppendQuoted(out_, url);
  out_ += '}';
}

std::string& BundleWriter::BeginEntry() {
  Begin(Part::kEntries, "entry");
  return out_;
}

std::string BundleWriter::Finish() {
  if (part_ != Part::kNone) out_ += ']';
  out_ += '}';
  return std::move(out_);
}

void SearchsetWriter::AddEntry(std::string_view full_url, std::string_view json,
                               std::string_view mode) {
  std::string& out = BeginEntry();
  out += '{';
  if (!full_url.empty()) {
    out += "\"fullUrl\":";
    json::AppendQuoted(out, full_url);
    out += ',';
  }
  out.append("\"resource\":").append(json);
  out.append(",\"search\":{\"mode\":\"").append(mode).append("\"}}");
}

void HistoryWriter::AddEntry(std::string_view base, const datastore::HistoryItem& item) {
  const datastore::StoredVersion& stored = item.stored;
  const std::string_view type = fhir::NameOf(item.type);
  std::string name(type);
  name.append("/").append(item.id);
  std::string full_url(base);
  full_url.append("/").append(name);
  std::string& out = BeginEntry();
  out += "{\"fullUrl\":";
  json::AppendQuoted(out, full_url);
  if (!stored.deleted) out.append(",\"resource\":").append(stored.json);
  out.append(R"(,"request":{"method":")").append(NameOf(item.method)).append(R"(","url":")");
  out.append(item.method == datastore::WriteMethod::kPost ? type : name);
  out.append(R"("},"response":{"status":")").append(StatusOf(item));
  out.append(R"(","etag":)").append(json::Quote(EntityTag(stored.version)));
  out.append(R"(,"lastModified":")").append(core::FormatInstant(stored.last_updated));
  out.append("\"}}");
}

void DeletionsWriter::AddDeleted(std::string_view location) {
  std::string& out = BeginEntry();
  out += R"({"response":{"status":"204","location":)";
  json::AppendQuoted(out, location);
  out += "}}";
}

}  // namespace healthlake::rest
