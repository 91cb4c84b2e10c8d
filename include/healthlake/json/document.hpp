// One parsed JSON text, read-only: the form in which resources are validated, indexed and stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace healthlake::json {

class Document;

enum class Type : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// A value inside a Document; two words, copied freely. Valid until the Document is parsed into
// again, moved or destroyed; the views it gives live until the next Parse or the end. Children keep
// the order of the text. All accessors but Find take constant time.
class Value {
 public:
  // No value: only exists() may be asked.
  Value() = default;
  bool exists() const noexcept { return document_ != nullptr; }

  Type type() const noexcept;
  bool is_object() const noexcept { return type() == Type::kObject; }
  bool is_array() const noexcept { return type() == Type::kArray; }
  bool is_string() const noexcept { return type() == Type::kString; }
  bool is_number() const noexcept { return type() == Type::kNumber; }
  bool is_boolean() const noexcept { return type() == Type::kBoolean; }
  bool is_null() const noexcept { return type() == Type::kNull; }

  // The token as it stands in Document::text(): a number keeps all its digits, a string its quotes
  // and escapes, an object or array everything from its opening to its closing bracket.
  std::string_view raw() const noexcept;
  // A string's characters, unescaped: valid UTF-8 that may hold U+0000. Only for kString.
  std::string_view string() const noexcept;
  // Only for kBoolean.
  bool boolean() const noexcept;

  // The name under which an object holds this value, unescaped; empty elsewhere.
  std::string_view key() const noexcept;

  // Children of an object or array, in order; zero for scalars.
  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  class Iterator;
  Iterator begin() const noexcept;
  Iterator end() const noexcept;
  // The first member of that name; nullopt when absent or when this is no object. Linear.
  std::optional<Value> Find(std::string_view name) const noexcept;

 private:
  friend class Document;
  friend class Iterator;
  Value(const Document* document, std::uint32_t node) : document_(document), node_(node) {}
  const Document* document_ = nullptr;
  std::uint32_t node_ = 0;
};

struct ParseLimits {
  std::size_t max_depth = 256;  // objects and arrays inside each other; at most 1,000
};

// Where and why a text is not JSON. Line and column count from 1, in bytes of the text given.
struct ParseError {
  std::string message;
  std::size_t line = 1;
  std::size_t column = 1;
};

// Confined to one thread at a time; meant to be kept and parsed into again, as its buffers stay
// (those of an unusually large text are given back when small ones follow).
class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  // Replaces the content by `text`, which need not outlive the call. Any byte sequence is fine as
  // input: what is not exactly one RFC 8259 value in UTF-8 (no BOM, no lone surrogates in escapes,
  // under 2 GiB) gives an error, and the document is then empty. Names that occur twice in one
  // object are an error too: FHIR json.html forbids them.
  std::optional<ParseError> Parse(std::string_view text, const ParseLimits& limits = {});

  // The text without the white space between tokens; key order, escapes and digits are kept. It
  // holds no line break, so it is one NDJSON line.
  std::string_view text() const noexcept { return {text_.get(), text_size_}; }
  // The outermost value; only after a successful Parse.
  Value root() const noexcept { return Value(this, 0); }

 private:
  friend class Value;
  friend class Value::Iterator;

  // Values in the order of the text: the children of a container follow it directly.
  struct Node {
    std::uint32_t offset;      // of the token in text_
    std::uint32_t length;      // of the token
    std::uint32_t extra;       // children; of an escaped string the place in unescaped_
    std::uint32_t next;        // the node after this value and all inside it
    std::uint32_t key_offset;  // in text_, or in unescaped_ with kUnescapedKey
    std::uint32_t key_length : 28;
    std::uint32_t escaped : 1;
    std::uint32_t type : 3;
  };
  static constexpr std::uint32_t kUnescapedKey = 0x8000'0000U;
  class Parser;

  bool ParseFast(std::string_view text, std::size_t max_depth);
  void ReserveNodes(std::size_t tokens);
  void ReleaseLargeBuffers(std::size_t text_size);

  std::unique_ptr<char[]> text_;
  std::unique_ptr<Node[]> nodes_;
  // Characters of the strings that hold escapes: those of values with their length in front.
  std::string unescaped_;
  std::size_t text_size_ = 0;
  std::size_t text_capacity_ = 0;
  std::size_t node_capacity_ = 0;
  std::unique_ptr<Parser> parser_;
};

class Value::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const Value*;
  using reference = Value;

  Iterator() = default;
  Value operator*() const noexcept { return Value(document_, node_); }
  Iterator& operator++() noexcept {
    node_ = document_->nodes_[node_].next;
    return *this;
  }
  Iterator operator++(int) noexcept {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator& other) const noexcept { return node_ == other.node_; }

 private:
  friend class Value;
  Iterator(const Document* document, std::uint32_t node) : document_(document), node_(node) {}
  const Document* document_ = nullptr;
  std::uint32_t node_ = 0;
};

inline Type Value::type() const noexcept {
  return static_cast<Type>(document_->nodes_[node_].type);
}

inline std::string_view Value::raw() const noexcept {
  const Document::Node& node = document_->nodes_[node_];
  return {document_->text_.get() + node.offset, node.length};
}

inline std::string_view Value::string() const noexcept {
  const Document::Node& node = document_->nodes_[node_];
  if (node.escaped) [[unlikely]] {
    std::uint32_t length;
    const char* place = document_->unescaped_.data() + node.extra;
    std::memcpy(&length, place, sizeof length);
    return {place + sizeof length, length};
  }
  return {document_->text_.get() + node.offset + 1, node.length - 2};
}

inline bool Value::boolean() const noexcept {
  return document_->text_[document_->nodes_[node_].offset] == 't';
}

inline std::string_view Value::key() const noexcept {
  const Document::Node& node = document_->nodes_[node_];
  const char* base = node.key_offset & Document::kUnescapedKey ? document_->unescaped_.data()
                                                               : document_->text_.get();
  return {base + (node.key_offset & ~Document::kUnescapedKey), node.key_length};
}

inline std::size_t Value::size() const noexcept {
  const Document::Node& node = document_->nodes_[node_];
  return node.type >= static_cast<std::uint32_t>(Type::kArray) ? node.extra : 0;
}

inline Value::Iterator Value::begin() const noexcept {
  return {document_, node_ + 1};
}

inline Value::Iterator Value::end() const noexcept {
  return {document_, document_->nodes_[node_].next};
}

inline std::optional<Value> Value::Find(std::string_view name) const noexcept {
  if (!is_object()) return std::nullopt;
  for (const Value child : *this) {
    if (child.key() == name) return child;
  }
  return std::nullopt;
}

}  // namespace healthlake::json
