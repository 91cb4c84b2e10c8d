#include "healthlake/core/caught_error.hpp"

#include <exception>
#include <new>

#include "healthlake/core/log.hpp"

namespace healthlake::core {
namespace {

Error Internal(std::string_view request_id, std::string_view cause) {
  Log(LogLevel::kError, "internal error", {{"request_id", request_id}, {"cause", cause}});
  return {ErrorKind::kInternal,
          "An internal error occurred; the log has its cause under this request id."};
}

}  // namespace

Error CaughtError(std::string_view request_id) {
  try {
    throw;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) return Internal(request_id, error.what());
    return error;
  } catch (const std::bad_alloc&) {
    return {ErrorKind::kUnavailable, "Out of memory for this request."};
  } catch (const std::exception& error) {
    return Internal(request_id, error.what());
  } catch (...) {
    return Internal(request_id, "an exception of no known type");
  }
}

}  // namespace healthlake::core
