// One connection's conversation: read a request, have it handled, answer, again.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "healthlake/core/cancel.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/http/message.hpp"
#include "http/connection.hpp"
#include "http/gzip.hpp"
#include "http/network.hpp"
#include "http/request_parser.hpp"
#include "http/worker.hpp"

namespace healthlake::http {

enum class Admission { kServe, kRefuse };  // kRefuse: too many connections, say so and close

class Session : public std::enable_shared_from_this<Session> {
 public:
  // Runs until the connection ends. From any thread; the session lives on the worker's.
  static void Start(Worker& worker, Socket socket, Admission admission);

  Session(Worker& worker, Socket socket, Admission admission);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // On the worker's thread, by the worker.
  void Tick(std::chrono::nanoseconds now);
  void BeginStop();
  void CancelWork();
  void Abort();

  std::size_t position = 0;  // in the worker's list, kept by the worker

 private:
  enum class Phase { kIdle, kReading, kWorking, kSleeping, kWriting };
  enum class Intake { kComplete, kRefused, kClosed };

  static Task<void> Run(std::shared_ptr<Session> self);
  Task<void> Serve();
  Task<bool> Exchange();  // false ends the connection
  void BeginRequest();
  Task<void> Linger();

  Task<Intake> ReadRequest();
  std::optional<Refusal> CheckHeader();
  std::optional<Refusal> AddBody(std::string_view piece);
  std::optional<Refusal> FinishBody() const;
  std::chrono::nanoseconds ReadDeadline() const;
  std::size_t ReadRoom() const;
  bool OwesContinue() const;

  void HandleInline();
  Task<void> HandlePooled();
  void HandleOnPool();
  Task<void> AwaitAnswer();  // while the outcome is Later
  Task<void> Sleep(std::chrono::nanoseconds deadline);
  Task<void> UntilCallDone();
  void CallDone();
  void Notified();
  void Subscribe(const std::string& topic);
  void Unsubscribe();
  core::Cancel CancelToken() const;

  void Refuse(Refusal refusal);
  Task<bool> Send(Response& response);
  Task<bool> SendPieces(BodySource& source, bool chunked);
  Task<bool> Write(std::array<std::string_view, 3> parts);
  void NextOnPool(BodySource& source);

  Worker& worker_;
  const Services& services_;
  const Admission admission_;
  Connection connection_;
  RequestParser parser_;
  Timer wake_;
  Phase phase_ = Phase::kIdle;

  Request request_;
  std::chrono::nanoseconds first_byte_{};
  std::chrono::nanoseconds body_start_{};
  std::chrono::nanoseconds complete_{};
  std::chrono::nanoseconds last_read_{};
  std::uint64_t received_ = 0;  // bytes of body as sent
  std::size_t body_limit_ = 0;
  std::uint64_t wire_limit_ = 0;  // of the body as sent
  std::optional<Gunzip> gunzip_;
  bool header_read_ = false;

  // Belong to the pool between the submission of a call and call_done_.
  Outcome outcome_;
  std::string piece_;
  bool source_failed_ = false;

  std::optional<core::CancelSource> cancel_;
  bool call_done_ = false;
  bool notified_ = false;
  bool peer_closed_ = false;
  bool keep_alive_ = true;
  bool lingers_ = false;
  std::string topic_;
  core::Signals::Subscription subscription_ = 0;
  std::string head_;
};

}  // namespace healthlake::http
