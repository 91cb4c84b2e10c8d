#include "rest/search_run.hpp"

#include <chrono>
#include <string>

#include "healthlake/core/error.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

[[noreturn]] void ThrowTimeout(std::chrono::nanoseconds limit) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
  const std::string text = "The search was stopped after " + std::to_string(seconds) +
                           " seconds; --search-timeout (HEALTHLAKE_SEARCH_TIMEOUT) gives it more.";
  throw Error(ErrorKind::kUnavailable, text, {{core::Severity::kError, "timeout", text, ""}});
}

}  // namespace

datastore::SearchPage RunSearch(const Context& context, datastore::View& view,
                                const fhir::SearchQuery& query) {
  const std::chrono::nanoseconds limit = context.options.search_timeout;
  if (limit == std::chrono::nanoseconds::zero()) return view.Search(query, context.cancel);
  const core::Cancel limited = context.cancel.Until(context.clock, context.clock.Elapsed() + limit);
  try {
    return view.Search(query, limited);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kUnavailable && limited.TimedOut()) ThrowTimeout(limit);
    throw;
  }
}

}  // namespace healthlake::rest
