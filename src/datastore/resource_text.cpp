#include "datastore/resource_text.hpp"

#include <optional>

#include "healthlake/core/time_text.hpp"
#include "healthlake/fhir/outcome.hpp"
#include "healthlake/json/tree.hpp"

namespace healthlake::datastore {
namespace {

constexpr std::string_view kVersionId = "versionId";
constexpr std::string_view kLastUpdated = "lastUpdated";

const std::string& ValidationIssue() {
  static const std::string text = "{\"url\":" + json::Quote(fhir::kValidationIssueUrl) +
                                  ",\"valueString\":" + json::Quote(fhir::kValidationIssueOutcome) +
                                  "}";
  return text;
}

bool IsValidationIssue(const json::Value& extension) {
  const std::optional<json::Value> url = extension.Find("url");
  return url && url->is_string() && url->string() == fhir::kValidationIssueUrl;
}

bool HoldsValidationIssue(const json::Value& extensions) {
  for (const json::Value extension : extensions) {
    if (IsValidationIssue(extension)) return true;
  }
  return false;
}

// Copies a text with replacements that come in its order.
class Splicer {
 public:
  Splicer(const json::Value& resource, const Stamp& stamp, std::string& out)
      : text_(resource.raw()), stamp_(stamp), out_(out) {
    out_.clear();
    out_.reserve(text_.size() + 128);
  }

  StampPlaces Run(const json::Value& resource) {
    bool has_id = false;
    bool has_meta = false;
    bool has_extension = false;
    std::size_t member_begin = 1;  // the comma before it included
    for (const json::Value member : resource) {
      if (member.key() == "id") {
        Replace(member);
        WriteId();
        has_id = true;
      } else if (member.key() == "meta" && member.is_object()) {
        StampMeta(member);
        has_meta = true;
      } else if (member.key() == "extension" && member.is_array()) {
        StampExtensions(member, member_begin);
        has_extension = true;
      }
      member_begin = OffsetOf(member) + member.raw().size();
    }
    CopyTo(text_.size() - 1);
    const auto comma = [&] {
      if (out_.back() != '{') out_.push_back(',');
    };
    if (!has_meta) {
      comma();
      out_.append("\"meta\":{");
      WriteMissing(false, false);
      out_.push_back('}');
    }
    if (!has_id) {
      comma();
      out_.append("\"id\":");
      WriteId();
    }
    if (stamp_.flagged && !has_extension) {
      comma();
      out_.append("\"extension\":[").append(ValidationIssue()).push_back(']');
    }
    CopyTo(text_.size());
    return places_;
  }

 private:
  void CopyTo(std::size_t end) {
    out_.append(text_.substr(done_, end - done_));
    done_ = end;
  }

  std::size_t OffsetOf(const json::Value& value) const {
    return static_cast<std::size_t>(value.raw().data() - text_.data());
  }

  void Replace(const json::Value& value) {
    CopyTo(OffsetOf(value));
    done_ += value.raw().size();
  }

  void StampMeta(const json::Value& meta) {
    bool has_version = false;
    bool has_time = false;
    for (const json::Value member : meta) {
      if (member.key() == kVersionId) {
        Replace(member);
        WriteVersion();
        has_version = true;
      } else if (member.key() == kLastUpdated) {
        Replace(member);
        WriteTime();
        has_time = true;
      }
    }
    CopyTo(OffsetOf(meta) + meta.raw().size() - 1);
    WriteMissing(has_version, has_time);
  }

  // `begin`: of the member, its name and the comma before it included.
  void StampExtensions(const json::Value& extensions, std::size_t begin) {
    if (!HoldsValidationIssue(extensions)) {
      if (stamp_.flagged) {
        CopyTo(OffsetOf(extensions) + extensions.raw().size() - 1);
        if (!extensions.empty()) out_.push_back(',');
        out_.append(ValidationIssue());
      }
      return;
    }
    std::string kept;
    for (const json::Value extension : extensions) {
      if (!IsValidationIssue(extension))
        kept.append(kept.empty() ? "" : ",").append(extension.raw());
    }
    if (stamp_.flagged) kept.append(kept.empty() ? "" : ",").append(ValidationIssue());
    if (kept.empty()) {
      // FHIR knows no empty arrays.
      CopyTo(begin);
      done_ = OffsetOf(extensions) + extensions.raw().size();
      if (out_.back() == '{' && text_[done_] == ',') ++done_;
    } else {
      Replace(extensions);
      out_.append("[").append(kept).push_back(']');
    }
  }

  void WriteMissing(bool has_version, bool has_time) {
    if (!has_version) {
      WriteName(kVersionId);
      WriteVersion();
    }
    if (!has_time) {
      WriteName(kLastUpdated);
      WriteTime();
    }
  }

  void WriteName(std::string_view name) {
    if (out_.back() != '{') out_.push_back(',');
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
  }

  void WriteId() {
    // Letters, digits, '-' and '.': nothing to escape.
    out_.push_back('"');
    out_.append(stamp_.id);
    out_.push_back('"');
  }

  void WriteVersion() {
    out_.push_back('"');
    places_.version = out_.size();
    out_.append(std::to_string(stamp_.version));
    places_.version_length = out_.size() - places_.version;
    out_.push_back('"');
  }

  void WriteTime() {
    out_.push_back('"');
    places_.last_updated = out_.size();
    out_.append(core::FormatInstant(stamp_.last_updated));
    out_.push_back('"');
  }

  std::string_view text_;
  const Stamp& stamp_;
  std::string& out_;
  std::size_t done_ = 0;
  StampPlaces places_;
};

}  // namespace

StampPlaces StampResource(const json::Value& resource, const Stamp& stamp, std::string& out) {
  return Splicer(resource, stamp, out).Run(resource);
}

void Restamp(std::string_view text, const StampPlaces& places, std::uint64_t version,
             core::Timestamp last_updated, std::string& out) {
  const std::string digits = std::to_string(version);
  const std::string time = core::FormatInstant(last_updated);
  out.clear();
  out.reserve(text.size() + digits.size());
  const bool version_first = places.version < places.last_updated;
  const auto write_version = [&](std::size_t& done) {
    out.append(text.substr(done, places.version - done)).append(digits);
    done = places.version + places.version_length;
  };
  const auto write_time = [&](std::size_t& done) {
    out.append(text.substr(done, places.last_updated - done)).append(time);
    done = places.last_updated + kInstantLength;
  };
  std::size_t done = 0;
  if (version_first) write_version(done);
  write_time(done);
  if (!version_first) write_version(done);
  out.append(text.substr(done));
}

}  // namespace healthlake::datastore
