#include "http/session.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>
#include <new>
#include <utility>

#include "healthlake/core/log.hpp"
#include "http/coding.hpp"
#include "http/field.hpp"
#include "http/request_log.hpp"
#include "http/response_head.hpp"

namespace healthlake::http {
namespace {

constexpr std::size_t kHeaderRoom = 4'096;
constexpr std::size_t kBodyRoom = 65'536;
constexpr std::size_t kEagerBody = 1'048'576;  // reserved at most for a length that is only claimed
constexpr std::uint64_t kSlowestBody = 1024;   // bytes a second, on the whole of a body
constexpr std::chrono::nanoseconds kShortestSleep = std::chrono::milliseconds(2);
constexpr std::chrono::nanoseconds kLongestSleep = std::chrono::milliseconds(50);
constexpr int kClientLeft = 499;  // in the log only, as nginx has it
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void Session::Start(Worker& worker, Socket socket, Admission admission) {
  auto session = std::make_shared<Session>(worker, std::move(socket), admission);
  net::co_spawn(worker.context(), Run(std::move(session)), [](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      core::Log(core::LogLevel::kError, "connection failed", {{"what", error.what()}});
    }
  });
}

Session::Session(Worker& worker, Socket socket, Admission admission)
    : worker_(worker),
      services_(worker.services()),
      admission_(admission),
      connection_(std::move(socket), services_.clock),
      parser_(services_.options.max_header_bytes),
      wake_(worker.context()) {
  services_.connections.Opened();
}

Session::~Session() {
  Unsubscribe();
  services_.connections.Closed(lingers_ ? ConnectionCount::Ending::kLingered
                                        : ConnectionCount::Ending::kAtOnce);
}

Task<void> Session::Run(std::shared_ptr<Session> self) {
  struct Presence {
    explicit Presence(Session& s) : session(s) { session.worker_.Enter(session); }
    ~Presence() { session.worker_.Leave(session); }
    Session& session;
  };
  const Presence presence(*self);
  co_await self->Serve();
}

Task<void> Session::Serve() {
  if (admission_ == Admission::kRefuse) {
    BeginRequest();
    Refuse(Refusal::kOverloaded);
    co_await Send(std::get<Response>(outcome_));
    co_await Linger();
    co_return;
  }
  bool more = true;
  while (more) more = co_await Exchange();
}

void Session::BeginRequest() {
  parser_.Reset();
  connection_.ReleaseSpareMemory();
  request_ = Request();
  request_.method = Method::kOther;  // until the request line is read
  request_.method_text = "-";
  request_.request_id = services_.ids.Uuid();
  gunzip_.reset();
  cancel_.reset();
  header_read_ = false;
  received_ = 0;
  keep_alive_ = true;
  const bool pipelined = !connection_.buffered().empty();
  phase_ = pipelined ? Phase::kReading : Phase::kIdle;
  first_byte_ = last_read_ = services_.clock.Elapsed();
}

Task<bool> Session::Exchange() {
  BeginRequest();
  const Intake intake = co_await ReadRequest();
  if (intake == Intake::kClosed) co_return false;
  complete_ = services_.clock.Elapsed();
  if (intake == Intake::kComplete) {
    keep_alive_ = parser_.keep_alive();
    phase_ = Phase::kWorking;
    if (services_.application.PlaceOf(request_) == Place::kInline) {
      HandleInline();
    } else {
      co_await HandlePooled();
    }
    if (std::holds_alternative<Later>(outcome_)) co_await AwaitAnswer();
  }
  if (std::holds_alternative<Later>(outcome_)) {
    LogRequest(request_, kClientLeft, services_.clock.Elapsed() - complete_);
    co_return false;
  }
  // Sent even when the peer seems gone: it may have closed only its sending side.
  Response& response = std::get<Response>(outcome_);
  const bool sent = co_await Send(response);
  LogRequest(request_, response.status, services_.clock.Elapsed() - complete_);
  response.source.reset();
  if (sent && !keep_alive_) co_await Linger();
  co_return sent&& keep_alive_;
}

Task<void> Session::Linger() {
  lingers_ = true;
  services_.connections.Lingers();
  co_await connection_.LingeringClose();
}

void Session::Refuse(Refusal refusal) {
  keep_alive_ = false;
  outcome_ = services_.application.Refuse(request_, refusal);
}

// ---- reading

std::chrono::nanoseconds Session::ReadDeadline() const {
  const ServerOptions& options = services_.options;
  if (phase_ == Phase::kIdle) {
    // A server that stops waits for nobody's next request.
    return worker_.stopping() ? first_byte_ : first_byte_ + options.idle_timeout;
  }
  if (!header_read_) return first_byte_ + options.header_timeout;
  const auto earned = std::chrono::seconds(received_ / kSlowestBody);
  return std::min<std::chrono::nanoseconds>(last_read_, body_start_ + earned) +
         options.body_timeout;
}

std::size_t Session::ReadRoom() const {
  if (!header_read_) return kHeaderRoom;
  if (parser_.framing() != Framing::kLength) return kBodyRoom;
  const std::uint64_t left = parser_.content_length() - received_;
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(left, kHeaderRoom, kBodyRoom));
}

bool Session::OwesContinue() const {
  if (!parser_.expects_continue() || !connection_.buffered().empty()) return false;
  return parser_.framing() == Framing::kChunked || parser_.content_length() > 0;
}

Task<Session::Intake> Session::ReadRequest() {
  std::optional<Refusal> refusal;
  while (!refusal) {
    const RequestParser::Step step = parser_.Next(connection_.buffered(), request_);
    if (step.event == RequestParser::Event::kBody) refusal = AddBody(step.body);
    connection_.Consume(step.consumed);
    switch (step.event) {
      case RequestParser::Event::kNeedMore: {
        const Io io = co_await connection_.Fill(ReadDeadline(), ReadRoom());
        if (io == Io::kClosed || (io == Io::kTimeout && phase_ == Phase::kIdle)) {
          co_return Intake::kClosed;
        }
        if (io == Io::kTimeout) refusal = Refusal::kRequestTimeout;
        last_read_ = services_.clock.Elapsed();
        if (phase_ == Phase::kIdle) first_byte_ = last_read_;
        phase_ = Phase::kReading;
        break;
      }
      case RequestParser::Event::kHeader: {
        refusal = CheckHeader();
        if (!refusal && OwesContinue()) {
          const std::array<std::string_view, 3> parts{kContinue};
          const bool sent = co_await Write(parts);
          if (!sent) co_return Intake::kClosed;
        }
        break;
      }
      case RequestParser::Event::kBody:
        break;
      case RequestParser::Event::kEnd:
        refusal = FinishBody();
        if (!refusal) co_return Intake::kComplete;
        break;
      case RequestParser::Event::kFault:
        refusal = parser_.fault();
        break;
    }
  }
  request_.body.clear();
  Refuse(*refusal);
  co_return Intake::kRefused;
}

std::optional<Refusal> Session::CheckHeader() {
  header_read_ = true;
  body_start_ = services_.clock.Elapsed();
  if (worker_.stopping()) return Refusal::kStopping;
  if (parser_.framing() == Framing::kNone) return std::nullopt;
  const std::optional<Coding> coding = BodyCoding(request_.headers);
  if (!coding) return Refusal::kUnsupportedCoding;
  body_limit_ = services_.application.BodyLimit(request_);
  wire_limit_ = body_limit_;
  if (*coding == Coding::kGzip) {
    gunzip_.emplace(body_limit_);
    wire_limit_ += body_limit_ / 1024 + 1024;  // what gzip may add to bytes that do not shrink
  }
  if (parser_.content_length() > wire_limit_) return Refusal::kBodyTooLarge;
  const auto length = static_cast<std::size_t>(parser_.content_length());
  if (!gunzip_) request_.body.reserve(std::min(length, kEagerBody));
  return std::nullopt;
}

std::optional<Refusal> Session::AddBody(std::string_view piece) {
  received_ += piece.size();
  if (received_ > wire_limit_) return Refusal::kBodyTooLarge;
  if (!gunzip_) {
    request_.body.append(piece);
    return std::nullopt;
  }
  switch (gunzip_->Add(piece, request_.body)) {
    case Gunzip::Status::kOk:
      return std::nullopt;
    case Gunzip::Status::kTooLarge:
      return Refusal::kBodyTooLarge;
    case Gunzip::Status::kMalformed:
      break;
  }
  return Refusal::kBadRequest;
}

std::optional<Refusal> Session::FinishBody() const {
  if (gunzip_ && !gunzip_->Complete()) return Refusal::kBadRequest;
  return std::nullopt;
}

// ---- handling

core::Cancel Session::CancelToken() const {
  return cancel_ ? cancel_->token() : core::Cancel();
}

void Session::HandleInline() {
  outcome_ = services_.application.Handle(request_, CancelToken());
  auto* response = std::get_if<Response>(&outcome_);
  if (response == nullptr) return;
  try {
    ApplyContentCoding(request_, services_.options.gzip_min_bytes, *response);
  } catch (const std::bad_alloc&) {
    // Sent as it is.
  }
}

Task<void> Session::HandlePooled() {
  if (!cancel_) cancel_.emplace();
  call_done_ = false;
  auto job = [this] { HandleOnPool(); };
  const bool admitted = request_.attempt == 0 ? services_.pool.TrySubmit(std::move(job))
                                              : services_.pool.SubmitAdmitted(std::move(job));
  if (admitted) {
    co_await UntilCallDone();
  } else {
    const bool keep = keep_alive_;
    Refuse(worker_.stopping() ? Refusal::kStopping : Refusal::kOverloaded);
    keep_alive_ = keep;  // the request has been read whole, so the next one can be found
  }
}

void Session::HandleOnPool() {
  HandleInline();
  CallDone();
}

// The last thing that a pool thread does with a session. The session cannot have ended before: its
// coroutine waits for call_done_, and the event loops outlive the pool's threads.
void Session::CallDone() {
  auto done = [this] {
    call_done_ = true;
    wake_.cancel();
  };
  net::post(worker_.context(), std::move(done));
}

Task<void> Session::UntilCallDone() {
  while (!call_done_) {
    wake_.expires_at(Timer::time_point::max());
    ErrorCode ignored;
    co_await wake_.async_wait(net::redirect_error(kAwait, ignored));
  }
}

void Session::Subscribe(const std::string& topic) {
  Unsubscribe();
  topic_ = topic;
  auto tell = [mailbox = worker_.mailbox(), weak = weak_from_this()] {
    auto notified = [weak] {
      if (const auto self = weak.lock()) self->Notified();
    };
    mailbox->Post(std::move(notified));
  };
  subscription_ = services_.signals.Subscribe(topic_, std::move(tell));
}

void Session::Unsubscribe() {
  if (subscription_ != 0) services_.signals.Unsubscribe(subscription_);
  subscription_ = 0;
}

void Session::Notified() {
  notified_ = true;
  if (phase_ == Phase::kSleeping) wake_.cancel();
}

Task<void> Session::AwaitAnswer() {
  const Place place = services_.application.PlaceOf(request_);
  if (!cancel_) cancel_.emplace();
  bool last_call = false;
  while (auto* later = std::get_if<Later>(&outcome_)) {
    if (last_call) {
      Refuse(Refusal::kStopping);
      break;
    }
    if (subscription_ == 0 || topic_ != later->topic) {
      // What happened between the first look and this line was not heard: look again at once.
      Subscribe(later->topic);
    } else {
      co_await Sleep(later->deadline);
      if (peer_closed_) break;
    }
    last_call = worker_.stopping();
    if (last_call) cancel_->Request();
    notified_ = false;
    ++request_.attempt;
    phase_ = Phase::kWorking;
    if (place == Place::kInline) {
      HandleInline();
    } else {
      co_await HandlePooled();
    }
  }
  Unsubscribe();
}

// Until the topic, the deadline, the peer's end or a stop. In short steps, because the clock is not
// the timer's: a test moves it, and a jump must be noticed.
Task<void> Session::Sleep(std::chrono::nanoseconds deadline) {
  phase_ = Phase::kSleeping;
  bool due = false;
  while (!notified_ && !peer_closed_ && !worker_.stopping() && !due) {
    const std::chrono::nanoseconds left = deadline - services_.clock.Elapsed();
    wake_.expires_after(std::clamp(left, kShortestSleep, kLongestSleep));
    ErrorCode ignored;
    co_await wake_.async_wait(net::redirect_error(kAwait, ignored));
    due = services_.clock.Elapsed() >= deadline;
  }
}

// ---- answering

Task<bool> Session::Write(std::array<std::string_view, 3> parts) {
  Io io = connection_.WriteNow(parts);
  if (io == Io::kOk) io = co_await connection_.WriteRest(parts, services_.options.write_timeout);
  co_return io == Io::kOk;
}

Task<bool> Session::Send(Response& response) {
  phase_ = Phase::kWriting;
  const bool is_head = request_.method == Method::kHead;
  HeadFacts facts;
  facts.minor_version = parser_.minor_version();
  facts.request_id = request_.request_id;
  facts.date = worker_.Date();
  facts.content_length = response.body.size();
  if (!MayHaveContent(response.status)) {
    facts.form = BodyForm::kNone;
  } else if (response.source) {
    facts.form = facts.minor_version > 0 ? BodyForm::kChunked : BodyForm::kUntilClose;
  }
  if (worker_.stopping() || facts.form == BodyForm::kUntilClose ||
      HasElement(response.headers, "Connection", "close")) {
    keep_alive_ = false;
  }
  facts.keep_alive = keep_alive_;
  head_.clear();
  AppendHead(head_, response, facts);
  std::array<std::string_view, 3> parts{head_};
  if (facts.form == BodyForm::kLength && !is_head) parts[1] = response.body;
  Io io = connection_.WriteNow(parts);
  const bool whole = parts[0].empty() && parts[1].empty();
  if (io == Io::kOk && !whole) {
    io = co_await connection_.WriteRest(parts, services_.options.write_timeout);
  }
  if (io != Io::kOk) co_return false;
  if (!response.source || facts.form == BodyForm::kNone || is_head) co_return true;
  const std::shared_ptr<BodySource> source = response.source;
  const bool complete = co_await SendPieces(*source, facts.form == BodyForm::kChunked);
  co_return complete;
}

// A source that fails leaves the message without its last chunk, so the peer knows.
Task<bool> Session::SendPieces(BodySource& source, bool chunked) {
  if (!cancel_) cancel_.emplace();
  for (;;) {
    phase_ = Phase::kWorking;
    call_done_ = false;
    auto job = [this, &source] { NextOnPool(source); };
    if (!services_.pool.SubmitAdmitted(std::move(job))) co_return false;
    co_await UntilCallDone();
    if (source_failed_ || peer_closed_) co_return false;
    phase_ = Phase::kWriting;
    const bool last = piece_.empty();
    head_.clear();
    if (chunked) AppendChunkStart(head_, piece_.size());
    const std::array<std::string_view, 3> parts{
        head_, piece_, chunked ? std::string_view("\r\n") : std::string_view()};
    const bool sent = co_await Write(parts);
    if (!sent) {
      cancel_->Request();
      co_return false;
    }
    if (last) co_return true;
  }
}

void Session::NextOnPool(BodySource& source) {
  source_failed_ = false;
  try {
    piece_ = source.Next(CancelToken());
  } catch (const std::exception& error) {
    source_failed_ = true;
    core::Log(core::LogLevel::kWarning, "answer broken off",
              {{"request_id", std::string_view(request_.request_id)}, {"what", error.what()}});
  }
  CallDone();
}

// ---- what the worker tells

void Session::Tick(std::chrono::nanoseconds now) {
  connection_.Tick(now);
  if (phase_ != Phase::kWorking && phase_ != Phase::kSleeping) return;
  if (!cancel_ || peer_closed_ || !connection_.buffered().empty()) return;
  if (!connection_.PeerClosed()) return;
  peer_closed_ = true;
  cancel_->Request();
  if (phase_ == Phase::kSleeping) wake_.cancel();
}

void Session::BeginStop() {
  if (phase_ == Phase::kIdle) connection_.Abort();
  if (phase_ == Phase::kSleeping) wake_.cancel();
}

void Session::CancelWork() {
  if (cancel_) cancel_->Request();
}

void Session::Abort() {
  CancelWork();
  peer_closed_ = true;
  connection_.Abort();
  wake_.cancel();
}

}  // namespace healthlake::http
