#include "aws/pattern.hpp"

#include <re2/re2.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aws/model/table.hpp"
#include "healthlake/core/error.hpp"

namespace healthlake::aws {
namespace {

struct Compiled {
  std::once_flag once;
  std::unique_ptr<re2::RE2> expression;
};

const re2::RE2& Expression(std::size_t index) {
  // Never destroyed, as requests may outlive the end of main; each compiled when first asked for,
  // as the Unicode classes take longer than the whole start of the server should.
  static auto& compiled = *new std::vector<Compiled>(model::Patterns().size());
  Compiled& entry = compiled[index];
  std::call_once(entry.once, [&entry, index] {
    const std::string_view text = model::Patterns()[index].re2;
    re2::RE2::Options options;
    options.set_log_errors(false);
    entry.expression =
        std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (!entry.expression->ok()) {
      throw core::Error(
          core::ErrorKind::kInternal,
          "pattern " + std::string(text) + " does not compile: " + entry.expression->error());
    }
  });
  return *entry.expression;
}

}  // namespace

bool MatchesPattern(int index, std::string_view text) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                             Expression(static_cast<std::size_t>(index)));
}

}  // namespace healthlake::aws
