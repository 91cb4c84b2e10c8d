#include "fhir/period_check.hpp"

#include <string_view>

#include "fhir/fhirpath/moment.hpp"

namespace healthlake::fhir {
namespace {

constexpr std::size_t kToTheSecond = 19;  // 2015-02-07T13:28:17

// Texts of one precision and zone have the order of their times.
bool Ordered(std::string_view start, std::string_view end) {
  if (start.size() != end.size()) return false;
  if (start.size() > kToTheSecond && start.substr(kToTheSecond) != end.substr(kToTheSecond)) {
    return false;
  }
  return start <= end;
}

}  // namespace

bool EndsInOrder(const json::Value& period) {
  std::string_view start;
  std::string_view end;
  for (const json::Value child : period) {
    if (!child.is_string()) continue;
    if (child.key() == "start") {
      start = child.string();
    } else if (child.key() == "end") {
      end = child.string();
    }
  }
  if (start.empty() || end.empty() || Ordered(start, end)) return true;
  const auto from = fhirpath::ParseDateTime(start);
  const auto to = fhirpath::ParseDateTime(end);
  if (!from || !to) return true;
  const auto order = fhirpath::Compare(*from, *to);
  return !order || *order <= 0;
}

}  // namespace healthlake::fhir
