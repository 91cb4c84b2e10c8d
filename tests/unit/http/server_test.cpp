// Exchanges over a real socket: keep-alive, pipelining, forms of requests and answers.
#include "healthlake/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "healthlake/core/error.hpp"
#include "unit/http/server_fixture.hpp"

namespace healthlake::http {
namespace {

using support::RawAnswer;
using support::RawConnection;
using ::testing::HasSubstr;

class ServerTest : public ServerFixture {};

TEST_F(ServerTest, AnswersARequestWithAnIdADateAndALength) {
  Start();
  const RawAnswer answer = Ask("GET /a/b?x=1&y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /a/b [x=1&y] ");
  EXPECT_EQ(answer.Header("content-length"), std::to_string(answer.body.size()));
  EXPECT_EQ(answer.Header("x-amzn-requestid").size(), 36U);
  EXPECT_EQ(answer.Header("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
  EXPECT_EQ(answer.Header("server"), "healthlake-local");
  EXPECT_FALSE(answer.headers.contains("connection"));
}

TEST_F(ServerTest, GivesEachRequestOfAConnectionAnIdOfItsOwn) {
  Start();
  RawConnection connection(server_->port());
  const RawAnswer first = connection.Exchange("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  const RawAnswer second = connection.Exchange("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(first.body, "GET /1 [] ");
  EXPECT_EQ(second.body, "GET /2 [] ");
  EXPECT_NE(first.Header("x-amzn-requestid"), second.Header("x-amzn-requestid"));
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  for (const Place place : {Place::kInline, Place::kPooled}) {
    application_.place = place;
    Start();
    RawConnection connection(server_->port());
    std::string requests;
    for (int i = 0; i < 50; ++i) {
      const std::string body = "body" + std::to_string(i);
      requests += "POST /" + std::to_string(i) +
                  " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body;
    }
    ASSERT_TRUE(connection.Send(requests));
    for (int i = 0; i < 50; ++i) {
      const std::string number = std::to_string(i);
      EXPECT_EQ(connection.ReadAnswer().body, "POST /" + number + " [] body" + number);
    }
  }
}

TEST_F(ServerTest, ReadsARequestThatArrivesByteByByte) {
  Start();
  RawConnection connection(server_->port());
  const std::string request =
      "POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char c : request) ASSERT_TRUE(connection.Send(std::string(1, c)));
  EXPECT_EQ(connection.ReadAnswer().body, "POST /slow [] abc");
}

TEST_F(ServerTest, ClosesAfterAnAnswerWhenAskedTo) {
  Start();
  RawConnection connection(server_->port());
  const RawAnswer answer =
      connection.Exchange("GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_TRUE(connection.AtEnd());
}

TEST_F(ServerTest, ClosesWhenTheApplicationSaysSo) {
  application_.handle = [](Request&, const core::Cancel&) {
    Response response = Plain("bye");
    response.headers.Add("Connection", "close");
    return response;
  };
  Start();
  RawConnection connection(server_->port());
  EXPECT_EQ(connection.Exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").body, "bye");
  EXPECT_TRUE(connection.AtEnd());
}

TEST_F(ServerTest, SpeaksHttp10) {
  Start();
  RawConnection once(server_->port());
  const RawAnswer answer = once.Exchange("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.body, "GET /old [] ");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_TRUE(once.AtEnd());

  RawConnection kept(server_->port());
  const std::string request = "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(kept.Exchange(request).Header("connection"), "keep-alive");
  EXPECT_EQ(kept.Exchange(request).status, 200);
}

TEST_F(ServerTest, AnswersAClientThatHasEndedItsSide) {
  Start();
  RawConnection connection(server_->port());
  connection.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  connection.CloseWriting();
  EXPECT_EQ(connection.ReadAnswer().status, 200);
  EXPECT_TRUE(connection.AtEnd());
}

TEST_F(ServerTest, SendsForHeadTheLengthOfGetAndNoBody) {
  Start();
  RawConnection connection(server_->port());
  connection.Send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  const RawAnswer head = connection.ReadAnswer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-length"), std::to_string(std::string("HEAD /x [] ").size()));
  EXPECT_EQ(connection.ReadAnswer().body, "GET /y [] ");
}

TEST_F(ServerTest, SendsNoContentWhereTheStatusForbidsIt) {
  application_.handle = [](Request& request, const core::Cancel&) {
    return Plain("must not be seen", request.path == "/304" ? 304 : 204);
  };
  Start();
  RawConnection connection(server_->port());
  for (const char* path : {"/204", "/304"}) {
    const RawAnswer answer =
        connection.Exchange("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(std::to_string(answer.status), std::string(path).substr(1));
    EXPECT_FALSE(answer.headers.contains("content-length"));
  }
}

TEST_F(ServerTest, TakesTheHostFromAnAbsoluteTarget) {
  application_.handle = [](Request& request, const core::Cancel&) {
    return Plain(request.target + "|" + std::string(request.headers.Find("host").value_or("")));
  };
  Start();
  EXPECT_EQ(Ask("GET http://real:81/p?q=1 HTTP/1.1\r\nHost: other\r\n\r\n").body, "/p?q=1|real:81");
}

TEST_F(ServerTest, KeepsTheApplicationFromSplittingItsAnswer) {
  application_.handle = [](Request&, const core::Cancel&) {
    Response response = Plain("x");
    response.headers.Add("Location", "/a\r\nSet-Cookie: evil");
    response.headers.Add("Content-Length", "999");
    response.headers.Add("Bad Name", "v");
    response.headers.Add("x-amzn-RequestId", "mine");
    return response;
  };
  Start();
  const RawAnswer answer = Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.Header("location"), "/a  Set-Cookie: evil");
  EXPECT_EQ(answer.Header("content-length"), "1");
  EXPECT_EQ(answer.Header("x-amzn-requestid"), "mine");
  EXPECT_FALSE(answer.headers.contains("bad name"));
}

TEST_F(ServerTest, RefusesWhatRfc9112Forbids) {
  Start();
  const std::string host = "Host: h\r\n";
  const std::pair<const char*, std::string> kCases[] = {
      {"two lengths",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      {"both framings", "POST / HTTP/1.1\r\n" + host +
                            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"obs-fold", "GET / HTTP/1.1\r\n" + host + "A: b\r\n c\r\n\r\n"},
      {"no host", "GET / HTTP/1.1\r\n\r\n"},
      {"space before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n"},
      {"a bare line feed", "GET / HTTP/1.1\nHost: h\n\n"},
      {"TLS", "\x16\x03\x01\x02"},
      {"a bad chunk size",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"},
  };
  for (const auto& [name, request] : kCases) {
    SCOPED_TRACE(name);
    RawConnection connection(server_->port());
    const RawAnswer answer = connection.Exchange(request);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.Header("connection"), "close");
    EXPECT_EQ(answer.Header("x-amzn-requestid").size(), 36U);
    connection.CloseWriting();
    EXPECT_TRUE(connection.AtEnd());
  }
}

TEST_F(ServerTest, RefusesAHeaderThatIsTooLargeEvenWhenItNeverEnds) {
  options_.max_header_bytes = 2000;
  Start();
  const std::string start = "GET /long HTTP/1.1\r\nHost: h\r\nX: ";
  EXPECT_EQ(Ask(start + std::string(1900, 'x') + "\r\n\r\n").status, 200);
  const RawAnswer answer = Ask(start + std::string(3000, 'x'));
  EXPECT_EQ(answer.status, 431);
  EXPECT_EQ(answer.body, "refused /long");
}

TEST_F(ServerTest, SaysInOneLineWhyItCannotListen) {
  Start();
  ServerOptions same = options_;
  same.port = server_->port();
  Server second(same, application_, clock_, ids_, signals_);
  try {
    second.Start();
    FAIL() << "two servers listen on one port";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kUnavailable);
    EXPECT_EQ(std::string(error.what()), "cannot listen on 127.0.0.1:" + std::to_string(same.port) +
                                             ": Address already in use");
  }
}

TEST_F(ServerTest, RefusesConnectionsOverTheLimitReadably) {
  options_.max_connections = 1;
  Start();
  RawConnection first(server_->port());
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(first.Exchange(request).status, 200);
  RawConnection second(server_->port());
  EXPECT_EQ(second.Exchange(request).status, 503);
  EXPECT_EQ(first.Exchange(request).status, 200);
}

TEST_F(ServerTest, ServesManyConnectionsOnSeveralThreads) {
  options_.io_threads = 3;
  Start();
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 40; ++i) {
    connections.push_back(std::make_unique<RawConnection>(server_->port()));
  }
  for (int round = 0; round < 3; ++round) {
    for (auto& connection : connections) {
      ASSERT_TRUE(connection->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    for (auto& connection : connections) EXPECT_EQ(connection->ReadAnswer().status, 200);
  }
}

}  // namespace
}  // namespace healthlake::http
