// batch: the entries of a Bundle one after the other, each for itself (http.html#transaction).
#include "healthlake/core/caught_error.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/rest/error_response.hpp"
#include "rest/bundle.hpp"
#include "rest/dispatch.hpp"
#include "rest/entry_request.hpp"
#include "rest/entry_response.hpp"

namespace healthlake::rest {
namespace {

using core::Error;
using core::ErrorKind;

class BatchRun {
 public:
  BatchRun(const Interaction& outer, const PostedBundle& bundle)
      : outer_(outer),
        bundle_(bundle),
        inherited_(InheritedHeaders(outer.request.headers)),
        answer_(outer, bundle.entries.size()) {}

  http::Response Run() {
    for (std::size_t i = 0; i < bundle_.entries.size(); ++i) {
      if (outer_.cancel.Requested()) {
        throw Error(ErrorKind::kUnavailable, "The batch was stopped.");
      }
      try {
        Carry(i);
      } catch (...) {
        answer_.AddError(i, ErrorResponse(core::CaughtError(outer_.request.request_id)));
      }
    }
    return answer_.Finish("batch-response", outer_.clock.Now());
  }

 private:
  void Carry(std::size_t index) {
    EntryRequest entry =
        ReadEntry(outer_, outer_.request, inherited_, bundle_.entries[index], index);
    if (entry.IsRead() && answer_.full()) {
      throw Error(ErrorKind::kTooLarge, "The answer to the Bundle would be too large.");
    }
    entry.request.body = entry.Body();
    AnsweredVersion answered;
    Context context = outer_;
    context.in_bundle = true;
    context.answered = &answered;
    http::Response response = Dispatch(context, entry.request, entry.segments);
    if (response.status >= 400) return answer_.AddError(index, response);
    answer_.Add(entry, std::move(response), answered);
  }

  const Interaction& outer_;
  const PostedBundle& bundle_;
  const http::Headers inherited_;
  BundleAnswer answer_;
};

}  // namespace

http::Response Batch(const Interaction& outer, const PostedBundle& bundle) {
  return BatchRun(outer, bundle).Run();
}

}  // namespace healthlake::rest
