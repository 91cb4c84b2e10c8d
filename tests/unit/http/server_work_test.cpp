// Handling: the pool, Later, cancellation, time-outs and the graceful stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "unit/http/server_fixture.hpp"

namespace healthlake::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::RawAnswer;
using support::RawConnection;

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr char kFar[] = "GET /far HTTP/1.1\r\nHost: h\r\n\r\n";

// Closed until it is opened, for handlers that must be caught at work.
class Gate {
 public:
  void Open() { opened_.set_value(); }
  void Pass() {
    entered_.fetch_add(1);
    open_.wait();
  }
  void AwaitEntered(int count) const {
    while (entered_ < count) std::this_thread::yield();
  }

 private:
  std::promise<void> opened_;
  std::shared_future<void> open_ = opened_.get_future().share();
  std::atomic<int> entered_{0};
};

class ServerWorkTest : public ServerFixture {
 protected:
  // Moves the clock until the server says something on that connection.
  void AdvanceUntilReadable(RawConnection& connection, seconds step) {
    for (int i = 0; i < 200 && !connection.Readable(30); ++i) clock_.Advance(step);
  }
};

TEST_F(ServerWorkTest, RunsInlineRequestsOnOneThreadAndPooledOnesOnOthers) {
  application_.handle = [](Request&, const core::Cancel&) {
    return Plain(std::to_string(std::hash<std::thread::id>()(std::this_thread::get_id())));
  };
  Start();
  RawConnection connection(server_->port());
  const std::string network_thread = connection.Exchange(kGet).body;
  EXPECT_EQ(connection.Exchange(kGet).body, network_thread);
  application_.place = Place::kPooled;
  EXPECT_NE(connection.Exchange(kGet).body, network_thread);
}

TEST_F(ServerWorkTest, RefusesWhatThePoolCannotHoldAndKeepsTheConnection) {
  Gate gate;
  application_.place = Place::kPooled;
  application_.handle = [&](Request&, const core::Cancel&) {
    gate.Pass();
    return Plain("done");
  };
  options_.pool_threads = 1;
  options_.pool_queue = 0;
  Start();
  RawConnection working(server_->port());
  working.Send(kGet);
  gate.AwaitEntered(1);
  RawConnection refused(server_->port());
  EXPECT_EQ(refused.Exchange(kGet).status, 503);
  gate.Open();
  EXPECT_EQ(working.ReadAnswer().body, "done");
  // The thread may take a moment to come back for the next request.
  RawAnswer again = refused.Exchange(kGet);
  while (again.status == 503) again = refused.Exchange(kGet);
  EXPECT_EQ(again.body, "done");
}

TEST_F(ServerWorkTest, WakesALaterRequestByItsTopic) {
  for (const Place place : {Place::kInline, Place::kPooled}) {
    std::atomic<bool> ready{false};
    std::atomic<int> calls{0};
    application_.place = place;
    application_.handle = [&](Request& request, const core::Cancel&) -> Outcome {
      ++calls;
      if (ready) return Plain("ready after " + std::to_string(request.attempt));
      return Later{"job/1", seconds(1000)};
    };
    Start();
    RawConnection connection(server_->port());
    connection.Send(kGet);
    while (calls < 2) std::this_thread::yield();
    signals_.Notify("job/2");
    EXPECT_FALSE(connection.Readable(20));
    ready = true;
    signals_.Notify("job/1");
    EXPECT_EQ(connection.ReadAnswer().body, "ready after 2");
    EXPECT_EQ(calls, 3);
  }
}

TEST_F(ServerWorkTest, DoesNotLoseASignalBetweenTheFirstLookAndTheSubscription) {
  application_.handle = [&](Request& request, const core::Cancel&) -> Outcome {
    if (request.attempt > 0) return Plain("seen at the second look");
    signals_.Notify("topic");
    return Later{"topic", seconds(1000)};
  };
  Start();
  EXPECT_EQ(Ask(kGet).body, "seen at the second look");
}

TEST_F(ServerWorkTest, DoesNotLoseASignalThatComesDuringTheSecondLook) {
  application_.handle = [&](Request& request, const core::Cancel&) -> Outcome {
    if (request.attempt == 2) return Plain("woken");
    if (request.attempt == 1) signals_.Notify("topic");
    return Later{"topic", seconds(1000)};
  };
  for (const Place place : {Place::kInline, Place::kPooled}) {
    application_.place = place;
    Start();
    EXPECT_EQ(Ask(kGet).body, "woken");
  }
}

TEST_F(ServerWorkTest, WakesALaterRequestAtItsDeadline) {
  application_.handle = [&](Request&, const core::Cancel&) -> Outcome {
    if (clock_.Elapsed() >= seconds(20)) return Plain("time is up");
    return Later{"never", seconds(20)};
  };
  Start();
  RawConnection connection(server_->port());
  connection.Send(kGet);
  EXPECT_FALSE(connection.Readable(60));
  clock_.Advance(seconds(20));
  EXPECT_EQ(connection.ReadAnswer().body, "time is up");
}

TEST_F(ServerWorkTest, HoldsNoThreadForLaterRequests) {
  application_.place = Place::kPooled;
  options_.pool_threads = 1;
  std::atomic<bool> ready{false};
  application_.handle = [&](Request& request, const core::Cancel&) -> Outcome {
    if (request.path == "/far" && !ready) return Later{"topic", seconds(1000)};
    return Plain("done");
  };
  Start();
  std::vector<std::unique_ptr<RawConnection>> sleepers;
  for (int i = 0; i < 50; ++i) {
    sleepers.push_back(std::make_unique<RawConnection>(server_->port()));
    sleepers.back()->Send(kFar);
  }
  EXPECT_EQ(Ask(kGet).body, "done");
  ready = true;
  bool woken = false;
  while (!woken) {
    signals_.Notify("topic");  // again and again: some may not have subscribed yet
    woken = sleepers.back()->Readable(5);
  }
  for (const auto& sleeper : sleepers) EXPECT_EQ(sleeper->ReadAnswer().body, "done");
}

TEST_F(ServerWorkTest, CancelsWorkWhenThePeerCloses) {
  std::atomic<int> entered{0};
  std::atomic<bool> cancelled{false};
  application_.place = Place::kPooled;
  application_.handle = [&](Request&, const core::Cancel& cancel) {
    ++entered;
    while (!cancel.Requested()) std::this_thread::yield();
    cancelled = true;
    return Plain("nobody reads this");
  };
  Start();
  auto connection = std::make_unique<RawConnection>(server_->port());
  connection->Send(kGet);
  while (entered == 0) std::this_thread::yield();
  connection.reset();
  while (!cancelled) std::this_thread::yield();
}

TEST_F(ServerWorkTest, ForgetsALaterRequestWhoseClientHasLeft) {
  std::atomic<int> calls{0};
  application_.handle = [&](Request& request, const core::Cancel&) -> Outcome {
    if (request.path != "/far") return Plain("free");
    ++calls;
    return Later{"topic", seconds(1000)};
  };
  options_.max_connections = 1;
  Start();
  auto connection = std::make_unique<RawConnection>(server_->port());
  connection->Send(kFar);
  while (calls < 2) std::this_thread::yield();
  connection.reset();
  // The place is free again once the session has ended.
  while (Ask(kGet).status != 200) std::this_thread::yield();
  EXPECT_EQ(calls, 2);
}

class Endless final : public BodySource {
 public:
  explicit Endless(std::atomic<bool>& ended) : ended_(ended) {}
  ~Endless() override { ended_ = true; }
  std::string Next(const core::Cancel& cancel) override {
    if (first_) {
      first_ = false;
      return "event";
    }
    while (!cancel.Requested()) std::this_thread::yield();
    throw std::runtime_error("cancelled");
  }

 private:
  std::atomic<bool>& ended_;
  bool first_ = true;
};

TEST_F(ServerWorkTest, CancelsAnEndlessAnswerWhenThePeerCloses) {
  std::atomic<bool> ended{false};
  application_.handle = [&](Request&, const core::Cancel&) {
    Response response = Plain("");
    response.source = std::make_shared<Endless>(ended);
    return response;
  };
  Start();
  auto connection = std::make_unique<RawConnection>(server_->port());
  connection->Send(kGet);
  EXPECT_THAT(connection->ReadThrough("event"), ::testing::HasSubstr("200 OK"));
  connection.reset();
  while (!ended) std::this_thread::yield();
}

TEST_F(ServerWorkTest, TimesOutAHeaderThatDoesNotEnd) {
  Start();
  RawConnection connection(server_->port());
  // In one segment, so that the start of the second request is there when the first is answered.
  connection.Send(std::string(kGet) + "GET /slow HTTP/1.1\r\nHo");
  EXPECT_EQ(connection.ReadAnswer().status, 200);
  AdvanceUntilReadable(connection, seconds(6));
  const RawAnswer answer = connection.ReadAnswer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.Header("connection"), "close");
}

TEST_F(ServerWorkTest, TimesOutABodyThatDoesNotCome) {
  Start();
  RawConnection connection(server_->port());
  connection.Send(
      "POST /slow HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(connection.ReadAnswer().status, 100);
  clock_.Advance(seconds(61));
  const RawAnswer answer = connection.ReadAnswer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.body, "refused /slow");
}

TEST_F(ServerWorkTest, TimesOutABodyThatDrips) {
  Start();
  RawConnection connection(server_->port());
  connection.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n");
  for (int i = 0; i < 800 && !connection.Readable(10); ++i) {
    connection.Send("x");
    clock_.Advance(seconds(10));
  }
  EXPECT_EQ(connection.ReadAnswer().status, 408);
}

TEST_F(ServerWorkTest, ClosesIdleConnectionsSilently) {
  Start();
  RawConnection connection(server_->port());
  EXPECT_EQ(connection.Exchange(kGet).status, 200);
  RawConnection silent(server_->port());
  for (RawConnection* idle : {&connection, &silent}) {
    AdvanceUntilReadable(*idle, seconds(30));
    EXPECT_TRUE(idle->AtEnd());
  }
}

TEST_F(ServerWorkTest, GivesUpOnAClientThatDoesNotRead) {
  std::atomic<bool> ended{false};
  struct Flood final : BodySource {
    explicit Flood(std::atomic<bool>& flag) : ended(flag) {}
    ~Flood() override { ended = true; }
    std::string Next(const core::Cancel&) override { return std::string(1'000'000, 'f'); }
    std::atomic<bool>& ended;
  };
  application_.handle = [&](Request&, const core::Cancel&) {
    Response response = Plain("");
    response.source = std::make_shared<Flood>(ended);
    return response;
  };
  Start();
  RawConnection connection(server_->port(), 4096);
  connection.Send(kGet);
  while (!ended) {
    clock_.Advance(seconds(1));
    std::this_thread::yield();
  }
}

TEST_F(ServerWorkTest, AnswersRequestsInFlightWhenItStops) {
  Gate gate;
  application_.place = Place::kPooled;
  application_.handle = [&](Request&, const core::Cancel&) {
    gate.Pass();
    return Plain("finished");
  };
  Start();
  RawConnection working(server_->port());
  working.Send(kGet);
  gate.AwaitEntered(1);
  RawConnection idle(server_->port());
  std::thread stopper([&] { server_->Stop(); });
  EXPECT_TRUE(idle.AtEnd());
  gate.Open();
  const RawAnswer answer = working.ReadAnswer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_TRUE(working.AtEnd());
  stopper.join();
  EXPECT_THROW(RawConnection(server_->port()), std::runtime_error);
}

TEST_F(ServerWorkTest, WakesSleepersWhenItStops) {
  std::atomic<int> calls{0};
  application_.handle = [&](Request& request, const core::Cancel& cancel) -> Outcome {
    ++calls;
    if (cancel.Requested() && request.path != "/far") return Plain("as far as it got");
    return Later{"topic", seconds(1000)};
  };
  Start();
  RawConnection polite(server_->port());
  polite.Send(kGet);
  RawConnection stubborn(server_->port());
  stubborn.Send(kFar);
  while (calls < 4) std::this_thread::yield();
  server_->Stop();
  EXPECT_EQ(polite.ReadAnswer().body, "as far as it got");
  const RawAnswer refused = stubborn.ReadAnswer();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, "stopping");
}

TEST_F(ServerWorkTest, CancelsWhatOutlastsTheStop) {
  std::atomic<int> entered{0};
  application_.place = Place::kPooled;
  options_.stop_timeout = milliseconds(50);
  application_.handle = [&](Request&, const core::Cancel& cancel) {
    ++entered;
    while (!cancel.Requested()) std::this_thread::yield();
    return Plain("cancelled");
  };
  Start();
  RawConnection connection(server_->port());
  connection.Send(kGet);
  while (entered == 0) std::this_thread::yield();
  server_->Stop();
  EXPECT_EQ(connection.ReadAnswer().body, "cancelled");
}

TEST_F(ServerWorkTest, LetsABodyInThatIsUnderWayWhenItStops) {
  Gate gate;
  application_.place = Place::kPooled;
  application_.handle = [&](Request&, const core::Cancel&) {
    gate.Pass();
    return Plain("first");
  };
  Start();
  RawConnection working(server_->port());
  working.Send(kGet);
  gate.AwaitEntered(1);
  RawConnection late(server_->port());
  late.Send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nHost: h\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(late.ReadAnswer().status, 100);
  RawConnection idle(server_->port());
  std::thread stopper([&] { server_->Stop(); });
  EXPECT_TRUE(idle.AtEnd());  // the stop has begun
  late.Send("b");             // a body under way is let in
  gate.Open();
  EXPECT_EQ(working.ReadAnswer().body, "first");
  EXPECT_EQ(late.ReadAnswer().body, "first");
  stopper.join();
}

TEST_F(ServerWorkTest, RefusesARequestWhoseHeaderEndsAfterTheStopBegan) {
  Gate gate;
  application_.place = Place::kPooled;
  application_.handle = [&](Request& request, const core::Cancel&) {
    if (request.path == "/far") gate.Pass();
    return Plain("served");
  };
  Start();
  RawConnection working(server_->port());
  working.Send(kFar);
  gate.AwaitEntered(1);
  RawConnection late(server_->port());
  late.Send(std::string(kGet) + "GET /late HTTP/1.1\r\nHo");
  EXPECT_EQ(late.ReadAnswer().body, "served");
  RawConnection idle(server_->port());
  std::thread stopper([&] { server_->Stop(); });
  EXPECT_TRUE(idle.AtEnd());  // the stop has begun
  const RawAnswer refused = late.Exchange("st: h\r\n\r\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, "stopping");
  gate.Open();
  EXPECT_EQ(working.ReadAnswer().body, "served");
  stopper.join();
}

TEST_F(ServerWorkTest, CanBeStoppedTwiceAndStartedAgain) {
  Start();
  EXPECT_EQ(Ask(kGet).status, 200);
  server_->Stop();
  server_->Stop();
  server_->Start();
  EXPECT_EQ(Ask(kGet).status, 200);
}

}  // namespace
}  // namespace healthlake::http
