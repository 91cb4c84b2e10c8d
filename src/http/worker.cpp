#include "http/worker.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "healthlake/core/time_text.hpp"
#include "http/session.hpp"

namespace healthlake::http {
namespace {

// How late a time-out or the departure of a peer may be noticed.
constexpr std::chrono::milliseconds kSweepInterval{50};

}  // namespace

void ConnectionCount::Opened() {
  open_.fetch_add(1);
}

void ConnectionCount::Closed(Ending ending) {
  const std::lock_guard lock(mutex_);
  open_.fetch_sub(1);
  if (ending == Ending::kLingered) --lingering_;
  changed_.notify_all();
}

void ConnectionCount::Lingers() {
  const std::lock_guard lock(mutex_);
  ++lingering_;
  changed_.notify_all();
}

bool ConnectionCount::WaitForNoneAtWork(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return open_.load() == lingering_; });
}

bool ConnectionCount::WaitForNone(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return open_.load() == 0; });
}

Worker::Worker(const Services& services) : services_(services) {}

Worker::~Worker() {
  Join();
}

void Worker::Start() {
  thread_ = std::thread([this] { context_.run(); });
}

void Worker::Join() {
  mailbox_->Close();
  guard_.reset();
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

template <typename Function>
void Worker::OnEverySession(Function function) {
  auto on_all = [this, function] {
    for (Session* session : sessions_) function(*session);
  };
  net::post(context_, std::move(on_all));
}

void Worker::BeginStop() {
  net::post(context_, [this] { stopping_ = true; });
  OnEverySession([](Session& session) { session.BeginStop(); });
}

void Worker::CancelWork() {
  OnEverySession([](Session& session) { session.CancelWork(); });
}

void Worker::AbortAll() {
  OnEverySession([](Session& session) { session.Abort(); });
}

void Worker::Enter(Session& session) {
  session.position = sessions_.size();
  sessions_.push_back(&session);
  if (!sweeping_) ScheduleSweep();
}

void Worker::Leave(Session& session) {
  Session* last = sessions_.back();
  last->position = session.position;
  sessions_[session.position] = last;
  sessions_.pop_back();
}

void Worker::ScheduleSweep() {
  sweeping_ = true;
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([this](const ErrorCode& error) {
    if (!error) Sweep();
  });
}

// One coarse timer for all sessions: a timer per read and write costs more than the reads do.
void Worker::Sweep() {
  const std::chrono::nanoseconds now = services_.clock.Elapsed();
  for (Session* session : sessions_) session->Tick(now);
  sweeping_ = false;
  if (!sessions_.empty()) ScheduleSweep();
}

std::string_view Worker::Date() {
  const core::Timestamp now = services_.clock.Now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (date_.empty() || second != date_second_) {
    date_second_ = second;
    date_ = core::FormatHttpDate(now);
  }
  return date_;
}

}  // namespace healthlake::http
