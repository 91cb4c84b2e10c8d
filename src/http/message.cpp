#include "healthlake/http/message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "http/field.hpp"

namespace healthlake::http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 8> kMethodNames{{
    {Method::kGet, "GET"},
    {Method::kHead, "HEAD"},
    {Method::kPost, "POST"},
    {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},
    {Method::kDelete, "DELETE"},
    {Method::kOptions, "OPTIONS"},
    {Method::kOther, "OTHER"},
}};

}  // namespace

std::string_view NameOf(Method method) {
  for (const auto& [value, name] : kMethodNames) {
    if (value == method) return name;
  }
  return "OTHER";
}

Method MethodOf(std::string_view text) {
  for (const auto& [value, name] : kMethodNames) {
    if (value != Method::kOther && name == text) return value;
  }
  return Method::kOther;
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const Header& item : items_) {
    if (EqualsIgnoringCase(item.name, name)) return std::string_view(item.value);
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::FindAll(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Header& item : items_) {
    if (EqualsIgnoringCase(item.name, name)) values.emplace_back(item.value);
  }
  return values;
}

void Headers::Add(std::string_view name, std::string_view value) {
  items_.push_back(Header{std::string(name), std::string(value)});
}

void Headers::Set(std::string_view name, std::string_view value) {
  std::erase_if(items_, [&](const Header& item) { return EqualsIgnoringCase(item.name, name); });
  Add(name, value);
}

}  // namespace healthlake::http
