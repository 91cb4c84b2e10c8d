// One parsed JSON text, read-only: the form in which resources are validated, indexed and stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace healthlake::json {

class Document;

enum class Type : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// A value inside a Document; two words, copied freely. Valid until the Document is parsed into again
// or destroyed. Children keep the order of the text.
class Value {
 public:
  Type type() const noexcept;
  bool is_object() const noexcept { return type() == Type::kObject; }
  bool is_array() const noexcept { return type() == Type::kArray; }
  bool is_string() const noexcept { return type() == Type::kString; }

  // The token as it stands in Document::text(): a number keeps all its digits, a string its quotes
  // and escapes, an object or array everything from its opening to its closing bracket.
  std::string_view raw() const noexcept;
  // A string's characters, unescaped. Only for kString.
  std::string_view string() const noexcept;
  // Only for kBoolean.
  bool boolean() const noexcept;

  // The name under which an object holds this value, unescaped; empty elsewhere.
  std::string_view key() const noexcept;

  // Children of an object or array, in order; zero for scalars.
  std::size_t size() const noexcept;
  class Iterator;
  Iterator begin() const noexcept;
  Iterator end() const noexcept;
  // The first member of that name; nullopt when absent or when this is no object. Linear.
  std::optional<Value> Find(std::string_view name) const noexcept;

 private:
  friend class Document;
  friend class Iterator;
  Value(const Document* document, std::uint32_t node) : document_(document), node_(node) {}
  const Document* document_;
  std::uint32_t node_;
};

struct ParseLimits {
  std::size_t max_depth = 64;  // objects and arrays inside each other
};

// Where and why a text is not JSON. Line and column count from 1, in bytes of the text given.
struct ParseError {
  std::string message;
  std::size_t line = 1;
  std::size_t column = 1;
};

// Confined to one thread at a time; meant to be kept and parsed into again, as its buffers stay.
class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  // Replaces the content by `text`, which need not outlive the call. Any byte sequence is fine as
  // input: what is not exactly one RFC 8259 value in UTF-8 (no BOM) gives an error, and the document
  // is then empty. Names that occur twice in one object are an error too: FHIR json.html forbids them.
  std::optional<ParseError> Parse(std::string_view text, const ParseLimits& limits = {});

  // The text without the white space between tokens; key order, escapes and digits are kept. It
  // holds no line break, so it is one NDJSON line.
  std::string_view text() const noexcept { return text_; }
  // The outermost value; only after a successful Parse.
  Value root() const noexcept { return Value(this, 0); }

 private:
  friend class Value;
  friend class Value::Iterator;
  struct Node;
  struct Parser;
  std::string text_;
  std::string unescaped_;  // characters of the strings that hold escapes
  std::vector<Node> nodes_;
};

}  // namespace healthlake::json
