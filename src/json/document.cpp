#include "healthlake/json/document.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "json/diagnose.hpp"
#include "json/grammar.hpp"

namespace healthlake::json {
namespace {

constexpr std::size_t kMaxText = 0x7FFF'FF00;      // offsets keep their top bit for a flag
constexpr std::uint32_t kMaxKey = (1U << 28) - 1;  // width of Node::key_length
constexpr std::size_t kMaxDepth = 1000;            // the walk recurses
constexpr std::size_t kMinifySlack = 64;           // simdjson writes whole blocks
constexpr std::size_t kKeptBuffer = 16UL << 20;    // larger buffers go when texts become small
constexpr std::uint32_t kLinearMembers = 64;       // above, repeated names are sought by sorting

std::size_t Grown(std::size_t needed) {
  return std::max<std::size_t>(4096, needed + needed / 4);
}

bool IsSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

// Walks the starts of tokens that simdjson's first stage finds with SIMD. In a text without space
// between tokens each ends where the next one starts, so strings are not read a second time; the
// first stage has checked UTF-8, control characters and that every string is closed. What is wrong
// is not recorded: Diagnose reads the text again to say it.
class Document::Parser {
 public:
  enum class Outcome { kValid, kFaulty, kSpaced };

  // Finds the tokens of `text`, which the later calls go on using.
  bool FindTokens(const char* text, std::size_t size);
  std::size_t token_count() const { return token_count_; }
  // `document` has room for the nodes.
  Outcome Walk(Document& document, std::size_t max_depth);
  void ReleaseLargeBuffers(std::size_t text_size);

 private:
  bool ParseValue(Node& node, std::size_t depth);
  bool ParseObject(Node& node, std::size_t depth);
  bool ParseArray(Node& node, std::size_t depth);
  bool ParseMember(Node& object, std::uint64_t& seen, std::size_t depth);
  bool ParseKey(Node& child);
  bool ParseString(Node& node);
  bool ParseOther(Node& node);
  bool Close(Node& node);
  bool HasEscape(std::string_view inner);
  bool Repeats(const Node& object, const Node& child, std::uint64_t& seen);
  bool AnyNameTwice(const Node& object) const;

  char At(std::size_t token) const { return text_[tokens_[token]]; }
  // Passes a bracket, comma or colon: false when space follows it.
  bool PassPunctuation() {
    ++next_;
    if (tokens_[next_] == tokens_[next_ - 1] + 1) [[likely]]
      return true;
    spaced_ = true;
    return false;
  }
  // Passes a token of any length, together with the space behind it.
  std::string_view PassScalar() {
    const std::uint32_t start = tokens_[next_++];
    return {text_ + start, tokens_[next_] - start};
  }
  // What lies between the quotes; no data when `token` does not end in a quote.
  std::string_view Inner(std::string_view token) {
    if (token.back() == '"' && token.size() > 1) [[likely]]
      return token.substr(1, token.size() - 2);
    spaced_ = true;
    return {};
  }
  std::string_view KeyOf(const Node& node) const {
    const char* base = node.key_offset & kUnescapedKey ? unescaped_->data() : text_;
    return {base + (node.key_offset & ~kUnescapedKey), node.key_length};
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1_;
  const std::uint32_t* tokens_ = nullptr;  // followed by the size of the text
  std::size_t token_count_ = 0;
  const char* text_ = nullptr;
  std::size_t text_size_ = 0;
  const char* backslash_ = nullptr;  // the first one at or behind the place last asked for
  Node* nodes_ = nullptr;
  std::string* unescaped_ = nullptr;
  std::size_t next_ = 0;
  std::size_t max_depth_ = 0;
  std::uint32_t node_count_ = 0;
  bool spaced_ = false;
};

bool Document::Parser::FindTokens(const char* text, std::size_t size) {
  simdjson::error_code error = simdjson::SUCCESS;
  if (!stage1_) {
    error = simdjson::get_active_implementation()->create_dom_parser_implementation(Grown(size), 1,
                                                                                    stage1_);
  } else if (stage1_->capacity() < size) {
    error = stage1_->set_capacity(Grown(size));
  }
  if (error != simdjson::SUCCESS) throw std::bad_alloc();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text);
  error = stage1_->stage1(bytes, size, simdjson::stage1_mode::regular);
  tokens_ = stage1_->structural_indexes.get();
  token_count_ = stage1_->n_structural_indexes;
  text_ = text;
  text_size_ = size;
  return error == simdjson::SUCCESS && token_count_ > 0;
}

void Document::Parser::ReleaseLargeBuffers(std::size_t text_size) {
  if (stage1_ && stage1_->capacity() > kKeptBuffer && text_size < stage1_->capacity() / 16) {
    stage1_.reset();
  }
}

Document::Parser::Outcome Document::Parser::Walk(Document& document, std::size_t max_depth) {
  if (tokens_[0] != 0) return Outcome::kSpaced;
  // In a container the walk looks one token ahead without asking whether there is one: there is,
  // as long as the last one closes something.
  const char first = At(0);
  const char last = At(token_count_ - 1);
  if ((first == '{' || first == '[') && last != '}' && last != ']') return Outcome::kFaulty;

  nodes_ = document.nodes_.get();
  unescaped_ = &document.unescaped_;
  unescaped_->clear();
  node_count_ = 1;
  next_ = 0;
  max_depth_ = std::min(max_depth, kMaxDepth);
  spaced_ = false;
  const void* found = std::memchr(text_, '\\', text_size_);
  backslash_ = found ? static_cast<const char*>(found) : text_ + text_size_;

  nodes_[0].key_offset = 0;
  nodes_[0].key_length = 0;
  if (ParseValue(nodes_[0], 0) && next_ == token_count_) return Outcome::kValid;
  return spaced_ ? Outcome::kSpaced : Outcome::kFaulty;
}

bool Document::Parser::ParseValue(Node& node, std::size_t depth) {
  node.offset = tokens_[next_];
  node.escaped = 0;
  node.extra = 0;
  switch (At(next_)) {
    case '"':
      return ParseString(node);
    case '{':
      return ParseObject(node, depth);
    case '[':
      return ParseArray(node, depth);
    default:
      return ParseOther(node);
  }
}

bool Document::Parser::ParseString(Node& node) {
  const std::string_view token = PassScalar();
  const std::string_view inner = Inner(token);
  if (inner.data() == nullptr) return false;
  node.type = static_cast<std::uint32_t>(Type::kString);
  node.length = static_cast<std::uint32_t>(token.size());
  node.next = node_count_;
  if (HasEscape(inner)) [[unlikely]] {
    const std::size_t place = unescaped_->size();
    unescaped_->append(sizeof(std::uint32_t), '\0');
    if (AppendUnescaped(inner, *unescaped_) != std::string_view::npos) return false;
    const auto length =
        static_cast<std::uint32_t>(unescaped_->size() - place - sizeof(std::uint32_t));
    std::memcpy(unescaped_->data() + place, &length, sizeof length);
    node.escaped = 1;
    node.extra = static_cast<std::uint32_t>(place);
  }
  return true;
}

// A number, true, false, null, or nothing that JSON knows.
bool Document::Parser::ParseOther(Node& node) {
  const std::string_view token = PassScalar();
  node.length = static_cast<std::uint32_t>(token.size());
  node.next = node_count_;
  if (IsNumber(token)) {
    node.type = static_cast<std::uint32_t>(Type::kNumber);
  } else if (token == "true" || token == "false") {
    node.type = static_cast<std::uint32_t>(Type::kBoolean);
  } else if (token == "null") {
    node.type = static_cast<std::uint32_t>(Type::kNull);
  } else {
    spaced_ = IsSpace(token.back());
    return false;
  }
  return true;
}

bool Document::Parser::ParseArray(Node& node, std::size_t depth) {
  if (depth == max_depth_) return false;
  node.type = static_cast<std::uint32_t>(Type::kArray);
  if (!PassPunctuation()) return false;
  if (At(next_) == ']') return Close(node);
  while (true) {
    Node& child = nodes_[node_count_++];
    child.key_offset = 0;
    child.key_length = 0;
    if (!ParseValue(child, depth + 1)) return false;
    ++node.extra;
    const char separator = At(next_);
    if (separator == ']') return Close(node);
    if (separator != ',' || !PassPunctuation()) return false;
  }
}

bool Document::Parser::ParseObject(Node& node, std::size_t depth) {
  if (depth == max_depth_) return false;
  node.type = static_cast<std::uint32_t>(Type::kObject);
  if (!PassPunctuation()) return false;
  if (At(next_) == '}') return Close(node);
  std::uint64_t seen = 0;
  while (true) {
    if (!ParseMember(node, seen, depth)) return false;
    ++node.extra;
    const char separator = At(next_);
    if (separator == '}') break;
    if (separator != ',' || !PassPunctuation()) return false;
  }
  if (!Close(node)) return false;
  return node.extra <= kLinearMembers || !AnyNameTwice(node);
}

bool Document::Parser::ParseMember(Node& object, std::uint64_t& seen, std::size_t depth) {
  Node& child = nodes_[node_count_++];
  if (!ParseKey(child) || Repeats(object, child, seen)) return false;
  return ParseValue(child, depth + 1);
}

bool Document::Parser::ParseKey(Node& child) {
  if (At(next_) != '"') return false;
  child.key_offset = tokens_[next_] + 1;
  const std::string_view inner = Inner(PassScalar());
  if (inner.data() == nullptr || inner.size() > kMaxKey) return false;
  child.key_length = static_cast<std::uint32_t>(inner.size()) & kMaxKey;
  if (HasEscape(inner)) [[unlikely]] {
    const std::size_t place = unescaped_->size();
    if (AppendUnescaped(inner, *unescaped_) != std::string_view::npos) return false;
    child.key_offset = static_cast<std::uint32_t>(place) | kUnescapedKey;
    child.key_length = static_cast<std::uint32_t>(unescaped_->size() - place) & kMaxKey;
  }
  return At(next_) == ':' && PassPunctuation();
}

bool Document::Parser::Close(Node& node) {
  node.next = node_count_;
  node.length = tokens_[next_] + 1 - node.offset;
  if (!PassPunctuation()) return false;
  // Only behind the outermost value may the tokens end.
  return next_ != token_count_ || &node == nodes_;
}

bool Document::Parser::HasEscape(std::string_view inner) {
  const char* const end = inner.data() + inner.size();
  if (end <= backslash_) [[likely]]
    return false;
  if (backslash_ < inner.data()) {
    const char* const text_end = text_ + text_size_;
    const auto rest = static_cast<std::size_t>(text_end - inner.data());
    const void* found = std::memchr(inner.data(), '\\', rest);
    backslash_ = found ? static_cast<const char*>(found) : text_end;
  }
  return backslash_ < end;
}

// `seen` holds a bit for each name so far, so that most need no comparison.
bool Document::Parser::Repeats(const Node& object, const Node& child, std::uint64_t& seen) {
  const std::string_view key = KeyOf(child);
  std::size_t mix = key.size() * 13;
  if (!key.empty()) {
    mix +=
        static_cast<unsigned char>(key.front()) * 7U + static_cast<unsigned char>(key.back()) * 31U;
  }
  const std::uint64_t bit = 1ULL << (mix & 63U);
  if ((seen & bit) == 0) [[likely]] {
    seen |= bit;
    return false;
  }
  if (object.extra > kLinearMembers) return false;
  for (const Node* other = &object + 1; other != &child; other = nodes_ + other->next) {
    if (KeyOf(*other) == key) return true;
  }
  return false;
}

bool Document::Parser::AnyNameTwice(const Node& object) const {
  std::vector<std::string_view> names;
  names.reserve(object.extra);
  const Node* const end = nodes_ + object.next;
  for (const Node* child = &object + 1; child != end; child = nodes_ + child->next) {
    names.push_back(KeyOf(*child));
  }
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

Document::Document() = default;
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

std::optional<ParseError> Document::Parse(std::string_view text, const ParseLimits& limits) {
  text_size_ = 0;
  if (text.size() > kMaxText) return ParseError{"the text is too long", 1, 1};
  if (!parser_) parser_ = std::make_unique<Parser>();
  ReleaseLargeBuffers(text.size());
  if (!ParseFast(text, limits.max_depth)) {
    text_size_ = 0;
    auto error = Diagnose(text, std::min(limits.max_depth, kMaxDepth));
    return error ? error : ParseError{"not JSON", 1, 1};
  }
  return std::nullopt;
}

bool Document::ParseFast(std::string_view text, std::size_t max_depth) {
  if (text_capacity_ < text.size() + kMinifySlack) {
    text_capacity_ = Grown(text.size() + kMinifySlack);
    text_ = std::make_unique_for_overwrite<char[]>(text_capacity_);
  }
  std::memcpy(text_.get(), text.data(), text.size());
  text_size_ = text.size();
  if (!parser_->FindTokens(text_.get(), text_size_)) return false;
  const std::size_t tokens = parser_->token_count();
  ReserveNodes(tokens);
  auto outcome = parser_->Walk(*this, max_depth);
  if (outcome == Parser::Outcome::kSpaced) {
    const auto error = simdjson::minify(text.data(), text.size(), text_.get(), text_size_);
    if (error != simdjson::SUCCESS || !parser_->FindTokens(text_.get(), text_size_)) return false;
    // Fewer tokens: the space was all that kept two of them apart.
    if (parser_->token_count() != tokens) return false;
    outcome = parser_->Walk(*this, max_depth);
  }
  return outcome == Parser::Outcome::kValid;
}

void Document::ReserveNodes(std::size_t tokens) {
  // Every value has a token, every further sibling a comma, every container a closing bracket; half
  // of them would do for JSON, but what is no JSON is walked as well.
  if (node_capacity_ < tokens) {
    node_capacity_ = Grown(tokens);
    nodes_ = std::make_unique_for_overwrite<Node[]>(node_capacity_);
  }
}

void Document::ReleaseLargeBuffers(std::size_t text_size) {
  parser_->ReleaseLargeBuffers(text_size);
  if (text_capacity_ > kKeptBuffer && text_size < text_capacity_ / 16) {
    text_.reset();
    text_capacity_ = 0;
    unescaped_ = std::string();
  }
  if (node_capacity_ * sizeof(Node) > kKeptBuffer && text_size < node_capacity_) {
    nodes_.reset();
    node_capacity_ = 0;
  }
}

}  // namespace healthlake::json
