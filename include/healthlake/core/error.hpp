// The one exception type of the process: it ends a request, a job or a batch entry.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "healthlake/core/issue.hpp"

namespace healthlake::core {

// What went wrong, in words of no protocol. The edge (app) maps each kind to an AWS error and to an
// OperationOutcome; both tables have a row for every enumerator.
enum class ErrorKind {
  kInvalid,               // a value breaks a rule
  kSerialization,         // bytes that are not what the protocol's codec reads
  kUnknownOperation,      // no such operation or route
  kNotFound,              // never existed
  kGone,                  // existed and was deleted
  kMethodNotAllowed,      // the route exists, not with this method
  kNotAcceptable,         // no representation that the caller accepts
  kRequestTimeout,        // the caller was too slow
  kConflict,              // the state of the resource forbids it
  kDuplicate,             // already made with the same key
  kPreconditionFailed,    // If-Match and its kin
  kTooLarge,              // over a limit of size or count
  kUnsupportedMediaType,  // a body of another type
  kUnprocessable,         // understood, and cannot be done
  kUnauthenticated,       // who are you?
  kAccessDenied,          // you may not
  kThrottled,             // too much at once; try again
  kUnsupported,           // HealthLake does not do this
  kUnavailable,           // not now: full disk, busy, stopping
  kInternal,              // our fault
};

// The message is safe to show to the caller: it holds no secrets and no patient data beyond what
// the caller sent. Thrown by any room, caught only at the boundary of a unit of work.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, Issues issues = {})
      : std::runtime_error(message), kind_(kind), message_(message), issues_(std::move(issues)) {}

  ErrorKind kind() const noexcept { return kind_; }
  // Whole, where what() ends at the first NUL: a caller's value may hold one.
  const std::string& message() const noexcept { return message_; }
  // Collected faults of the data, when there are any; then they say more than what().
  const Issues& issues() const noexcept { return issues_; }

 private:
  ErrorKind kind_;
  std::string message_;
  Issues issues_;
};

}  // namespace healthlake::core
