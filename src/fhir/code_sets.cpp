#include <algorithm>
#include <span>

#include "fhir/code_grammar.hpp"
#include "fhir/r4/tables.hpp"
#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

bool IsCodeSet(CodeSetId set) {
  return set.number() > 0 && set.number() <= r4::kCodeSetCount;
}

// The rows of a code, one per system; empty when the set does not list it.
std::span<const r4::CodeRow> RowsOf(const r4::CodeSetRow& set, std::string_view code) {
  if (set.count == 0) return {};
  const std::span<const r4::CodeRow> rows(r4::kCodes + set.first, set.count);
  const std::uint16_t* slots = r4::kCodeSlots + set.first_slot;
  const std::size_t mask = (std::size_t{1} << set.slot_bits) - 1;
  std::size_t slot = r4::SlotOf(r4::NameHash(code), set.seed, set.slot_bits);
  for (; slots[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t first = slots[slot] - 1U;
    if (!r4::SameName(r4::View(rows[first].code), code)) continue;
    std::size_t end = first + 1;
    while (end < rows.size() && rows[end].code == rows[first].code) ++end;
    return rows.subspan(first, end - first);
  }
  return {};
}

}  // namespace

CodeSetId FindCodeSet(std::string_view url) {
  url = url.substr(0, url.find('|'));
  const std::span<const r4::CodeSetRow> rows(r4::kCodeSets + 1, r4::kCodeSetCount);
  const auto name = [](const r4::CodeSetRow& row) { return r4::View(row.url); };
  const auto found = std::ranges::lower_bound(rows, url, {}, name);
  if (found == rows.end() || name(*found) != url) return {};
  return CodeSetId::FromNumber(static_cast<std::uint16_t>(found - rows.begin() + 1));
}

std::string_view UrlOf(CodeSetId set) {
  return IsCodeSet(set) ? r4::View(r4::kCodeSets[set.number()].url) : std::string_view();
}

bool IsListed(CodeSetId set) {
  return IsCodeSet(set) && r4::kCodeSets[set.number()].grammar == r4::CodeGrammar::kListed;
}

bool HasCode(CodeSetId set, std::string_view code) {
  if (!IsCodeSet(set)) return false;
  const r4::CodeSetRow& row = r4::kCodeSets[set.number()];
  if (row.grammar == r4::CodeGrammar::kListed) return !RowsOf(row, code).empty();
  return IsWellFormedCode(row.grammar, code);
}

bool HasCoding(CodeSetId set, std::string_view system, std::string_view code) {
  if (!IsCodeSet(set)) return false;
  const r4::CodeSetRow& row = r4::kCodeSets[set.number()];
  if (row.grammar != r4::CodeGrammar::kListed) {
    return system == r4::View(row.system) && IsWellFormedCode(row.grammar, code);
  }
  return std::ranges::any_of(RowsOf(row, code), [&](const r4::CodeRow& found) {
    return r4::SameName(r4::View(found.system), system);
  });
}

std::string_view SystemOf(CodeSetId set, std::string_view code) {
  if (!IsCodeSet(set)) return {};
  const std::span<const r4::CodeRow> rows = RowsOf(r4::kCodeSets[set.number()], code);
  return rows.empty() ? std::string_view() : r4::View(rows.front().system);
}

std::vector<ListedCode> CodesOf(CodeSetId set) {
  std::vector<ListedCode> codes;
  if (!IsCodeSet(set)) return codes;
  const r4::CodeSetRow& row = r4::kCodeSets[set.number()];
  for (const r4::CodeRow& code : std::span(r4::kCodes + row.first, row.count)) {
    codes.push_back({r4::View(code.code), r4::View(code.system)});
  }
  return codes;
}

}  // namespace healthlake::fhir
