#include "healthlake/fhir/outcome.hpp"

#include <array>

#include "healthlake/json/tree.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::array<std::string_view, 4> kSeverityNames = {"fatal", "error", "warning",
                                                            "information"};

// Diagnostics quote what was sent; a FHIR string holds no control characters but white space
// (datatypes.html).
std::string QuotedString(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) {
    const bool control =
        static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    clean += control ? std::string_view("\xEF\xBF\xBD") : std::string_view(&c, 1);
  }
  return json::Quote(clean);
}

void AppendIssue(std::string& out, core::Severity severity, std::string_view code,
                 std::string_view diagnostics, std::string_view location) {
  out += R"({"severity":")";
  out += NameOf(severity);
  out += R"(","code":)";
  out += json::Quote(code);
  if (!diagnostics.empty()) {
    out += R"(,"diagnostics":)";
    out += QuotedString(diagnostics);
  }
  if (!location.empty()) {
    const std::string path = json::Quote(location);
    out += R"(,"location":[)" + path + R"(],"expression":[)" + path + "]";
  }
  out += '}';
}

std::string Opening(std::string_view id) {
  std::string out = R"({"resourceType":"OperationOutcome",)";
  if (!id.empty()) out += R"("id":)" + json::Quote(id) + ",";
  out += R"("issue":[)";
  return out;
}

}  // namespace

std::string_view NameOf(core::Severity severity) {
  return kSeverityNames[static_cast<std::size_t>(severity)];
}

std::string OutcomeJson(const core::Issues& issues, std::string_view id) {
  std::string out = Opening(id);
  bool first = true;
  for (const core::Issue& issue : issues) {
    if (!first) out += ',';
    first = false;
    AppendIssue(out, issue.severity, issue.code, issue.diagnostics, issue.location);
  }
  if (issues.empty()) {
    AppendIssue(out, core::Severity::kInformation, "informational", "No issues detected", {});
  }
  out += "]}";
  return out;
}

std::string OutcomeJson(core::Severity severity, std::string_view code,
                        std::string_view diagnostics) {
  std::string out = Opening({});
  AppendIssue(out, severity, code, diagnostics, {});
  out += "]}";
  return out;
}

}  // namespace healthlake::fhir
