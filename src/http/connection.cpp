#include "http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace healthlake::http {
namespace {

constexpr std::size_t kSpareCapacity = 16'384;  // kept by a connection between requests
constexpr std::size_t kLingerRoom = 65'536;
constexpr std::chrono::seconds kLingerSilence{5};
constexpr std::chrono::seconds kLingerTotal{30};
constexpr std::size_t kMaxParts = 3;

std::size_t Pending(std::span<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  return size;
}

void CutFront(std::span<std::string_view> parts, std::size_t size) {
  for (std::string_view& part : parts) {
    const std::size_t cut = std::min(size, part.size());
    part.remove_prefix(cut);
    size -= cut;
  }
}

using Buffers = std::array<net::const_buffer, kMaxParts>;

Buffers BuffersOf(std::span<std::string_view> parts) {
  Buffers buffers;
  for (std::size_t i = 0; i < std::min(parts.size(), kMaxParts); ++i) {
    buffers[i] = net::const_buffer(parts[i].data(), parts[i].size());
  }
  return buffers;
}

}  // namespace

Connection::Connection(Socket socket, const core::Clock& clock)
    : socket_(std::move(socket)), clock_(clock) {
  ErrorCode ignored;
  socket_.set_option(Tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void Connection::ReleaseSpareMemory() {
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  if (capacity_ <= kSpareCapacity) return;
  data_.reset();
  capacity_ = 0;
}

void Connection::MakeRoom(std::size_t room) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (capacity_ - end_ >= room) return;
  const std::size_t used = end_ - begin_;
  if (capacity_ - used >= room) {
    std::memmove(data_.get(), data_.get() + begin_, used);
  } else {
    capacity_ = std::max(used + room, used * 2);
    auto larger = std::make_unique<char[]>(capacity_);
    if (used > 0) std::memcpy(larger.get(), data_.get() + begin_, used);
    data_ = std::move(larger);
  }
  begin_ = 0;
  end_ = used;
}

Io Connection::OutcomeOf(const ErrorCode& error) const {
  if (!error) return Io::kOk;
  return error == net::error::operation_aborted && timed_out_ && !aborted_ ? Io::kTimeout
                                                                           : Io::kClosed;
}

Task<Io> Connection::Fill(Nanoseconds deadline, std::size_t room) {
  if (aborted_) co_return Io::kClosed;
  MakeRoom(room);
  timed_out_ = false;
  deadline_ = deadline;
  ErrorCode error;
  const net::mutable_buffer target(data_.get() + end_, capacity_ - end_);
  const std::size_t size =
      co_await socket_.async_read_some(target, net::redirect_error(kAwait, error));
  deadline_ = kNever;
  end_ += size;
  co_return OutcomeOf(error);
}

Io Connection::WriteNow(std::span<std::string_view> parts) {
  if (aborted_) return Io::kClosed;
  ErrorCode error;
  const std::size_t size = socket_.write_some(BuffersOf(parts), error);
  CutFront(parts, size);
  return !error || error == net::error::would_block ? Io::kOk : Io::kClosed;
}

Task<Io> Connection::WriteRest(std::span<std::string_view> parts, Nanoseconds patience) {
  while (Pending(parts) > 0) {
    if (aborted_) co_return Io::kClosed;
    timed_out_ = false;
    deadline_ = clock_.Elapsed() + patience;
    ErrorCode error;
    const Buffers buffers = BuffersOf(parts);
    const std::size_t size =
        co_await socket_.async_write_some(buffers, net::redirect_error(kAwait, error));
    deadline_ = kNever;
    CutFront(parts, size);
    if (error) co_return OutcomeOf(error);
  }
  co_return Io::kOk;
}

Task<void> Connection::LingeringClose() {
  ErrorCode ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  const Nanoseconds end = clock_.Elapsed() + kLingerTotal;
  for (;;) {
    begin_ = end_ = 0;
    const Nanoseconds now = clock_.Elapsed();
    if (now >= end) co_return;
    const Io filled = co_await Fill(std::min<Nanoseconds>(now + kLingerSilence, end), kLingerRoom);
    if (filled != Io::kOk) co_return;
  }
}

void Connection::Tick(Nanoseconds now) {
  if (now < deadline_) return;
  deadline_ = kNever;
  timed_out_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Connection::Abort() {
  aborted_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

bool Connection::PeerClosed() {
  char byte = 0;
  const ssize_t size = recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace healthlake::http
