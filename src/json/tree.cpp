#include "healthlake/json/tree.hpp"

#include <nlohmann/json.hpp>

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

std::string Quote(std::string_view text) {
  return Dump(Tree(text), -1);
}

}  // namespace healthlake::json
