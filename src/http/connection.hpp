// One accepted socket: a read buffer, writes, a deadline for whatever is under way.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "healthlake/core/clock.hpp"
#include "http/network.hpp"

namespace healthlake::http {

enum class Io {
  kOk,
  kClosed,   // by the peer, by an error, or by Abort
  kTimeout,  // the deadline passed
};

// Used on the thread of its io_context only. One read or write at a time.
class Connection {
 public:
  using Nanoseconds = std::chrono::nanoseconds;  // of Clock::Elapsed

  Connection(Socket socket, const core::Clock& clock);

  // Bytes received and not yet consumed; valid until the next Fill.
  std::string_view buffered() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
  void Consume(std::size_t size) noexcept { begin_ += size; }
  void ReleaseSpareMemory();

  // Receives more, into at least `room` free bytes.
  Task<Io> Fill(Nanoseconds deadline, std::size_t room);

  // Sends what fits without waiting and cuts it off the front of `parts`. kClosed on an error.
  Io WriteNow(std::span<std::string_view> parts);
  // Sends the rest; a peer that takes nothing for `patience` is a time-out.
  Task<Io> WriteRest(std::span<std::string_view> parts, Nanoseconds patience);

  // Ends our side, then reads on for a while, so that the peer reads our last answer instead of a
  // reset (RFC 9112 9.6).
  Task<void> LingeringClose();

  // Ends the read or write under way when its deadline has passed.
  void Tick(Nanoseconds now);
  // Ends the read or write under way, and all later ones at once.
  void Abort();
  // Whether the peer has ended its side and nothing is left to read. Asks the kernel.
  bool PeerClosed();

 private:
  static constexpr Nanoseconds kNever = Nanoseconds::max();

  void MakeRoom(std::size_t room);
  Io OutcomeOf(const ErrorCode& error) const;

  Socket socket_;
  const core::Clock& clock_;
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Nanoseconds deadline_ = kNever;
  bool timed_out_ = false;
  bool aborted_ = false;
};

}  // namespace healthlake::http
