#include "healthlake/json/tree.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json/utf8.hpp"

namespace healthlake::json {
namespace {

// nlohmann reads any depth, and then writes by recursion.
bool DeeperThan(std::string_view text, std::size_t max_depth) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

std::string Dump(const Tree& tree, int indent) {
  return tree.dump(indent, ' ', false, Tree::error_handler_t::replace);
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How many bytes at the start are ASCII that JSON does not escape.
std::size_t PlainBytes(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && static_cast<signed char>(text[count]) >= ' ' &&
         text[count] != '"' && text[count] != '\\') {
    ++count;
  }
  return count;
}

void AppendEscaped(std::string& out, char c) {
  constexpr std::string_view kNamed = "\b\f\n\r\t\"\\";
  constexpr std::string_view kNames = "bfnrt\"\\";
  constexpr std::string_view kHex = "0123456789abcdef";
  if (const std::size_t named = kNamed.find(c); named != std::string_view::npos) {
    out += '\\';
    out += kNames[named];
  } else if (c >= 0 && c < ' ') {
    out += "\\u00";
    out += c < 16 ? '0' : '1';
    out += kHex[static_cast<std::size_t>(c) & 15U];
  } else {
    out += c;
  }
}

}  // namespace

std::optional<Tree> ParseTree(std::string_view text, std::size_t max_depth) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF" || DeeperThan(text, max_depth)) return std::nullopt;
  Tree tree = Tree::parse(text, nullptr, false);
  if (tree.is_discarded()) return std::nullopt;
  return tree;
}

std::string Write(const Tree& tree) {
  return Dump(tree, -1);
}

std::string WritePretty(const Tree& tree) {
  return Dump(tree, 2);
}

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = PlainBytes(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    const std::size_t valid = std::min(FirstInvalidUtf8(text), text.size());
    for (const char c : text.substr(0, valid)) AppendEscaped(out, c);
    text.remove_prefix(valid);
    if (!text.empty()) {
      out += kReplacement;
      text.remove_prefix(1);
    }
  }
  out += '"';
}

std::string Quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendQuoted(out, text);
  return out;
}

}  // namespace healthlake::json
