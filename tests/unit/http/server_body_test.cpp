// Bodies over a real socket: framing, limits, Expect, gzip in both directions, streamed answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "http/gzip.hpp"
#include "unit/http/server_fixture.hpp"

namespace healthlake::http {
namespace {

using support::RawAnswer;
using support::RawConnection;

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

std::string Post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

std::string Sized(const std::string& fields, const std::string& body) {
  return Post(fields + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::string Chunked(const std::string& fields, const std::string& body, std::size_t size) {
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += size) {
    const std::string chunk = body.substr(at, size);
    char line[20];
    std::snprintf(line, sizeof(line), "%zx\r\n", chunk.size());
    chunks += line + chunk + "\r\n";
  }
  return Post(fields + "Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n");
}

class ServerBodyTest : public ServerFixture {
 protected:
  // Answers with the number of bytes of the body, so that large ones are cheap to check.
  void CountBodies() {
    application_.handle = [](Request& request, const core::Cancel&) {
      return Plain(std::to_string(request.body.size()));
    };
  }
};

TEST_F(ServerBodyTest, TakesABodyOfExactlyTheLimit) {
  CountBodies();
  Start();
  RawConnection connection(server_->port());
  const std::string body(1000, 'b');
  EXPECT_EQ(connection.Exchange(Sized("", body)).body, "1000");
  EXPECT_EQ(connection.Exchange(Chunked("", body, 333)).body, "1000");
  EXPECT_EQ(connection.Exchange(Sized("", "")).body, "0");
}

TEST_F(ServerBodyTest, TakesALargeBody) {
  CountBodies();
  application_.body_limit = 30'000'000;
  Start();
  RawConnection connection(server_->port());
  const std::string body(20'000'000, 'b');
  EXPECT_EQ(connection.Exchange(Sized("", body)).body, "20000000");
  EXPECT_EQ(connection.Exchange(Chunked("", body, 100'000)).body, "20000000");
  EXPECT_EQ(connection.Exchange(kGet).body, "0");
}

TEST_F(ServerBodyTest, RefusesALengthOverTheLimitBeforeTheBodyIsSent) {
  Start();
  RawConnection connection(server_->port());
  const RawAnswer answer = connection.Exchange(Post("Content-Length: 1001\r\n", ""));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, "refused /p");
  EXPECT_EQ(answer.Header("connection"), "close");
}

TEST_F(ServerBodyTest, RefusesChunksOverTheLimitBeforeTheyEnd) {
  Start();
  RawConnection connection(server_->port());
  EXPECT_EQ(connection
                .Exchange(Post("Transfer-Encoding: chunked\r\n",
                               "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\nx\r\n"))
                .status,
            413);
}

TEST_F(ServerBodyTest, AnswersReadablyAClientThatSendsTheWholeBodyFirst) {
  Start();
  const std::string body(20'000'000, 'b');
  for (const std::string& request : {Sized("", body), Chunked("", body, 60'000)}) {
    RawConnection connection(server_->port());
    EXPECT_TRUE(connection.Send(request));
    EXPECT_EQ(connection.ReadAnswer().status, 413);
  }
}

TEST_F(ServerBodyTest, AsksForABodyOnlyAfterTheHeaderHasPassed) {
  Start();
  RawConnection connection(server_->port());
  const std::string expect = "Expect: 100-Continue\r\n";
  EXPECT_EQ(connection.Exchange(Post(expect + "Content-Length: 4\r\n", "")).status, 100);
  EXPECT_EQ(connection.Exchange("body").body, "POST /p [] body");
  EXPECT_EQ(connection.Exchange(Post(expect + "Transfer-Encoding: chunked\r\n", "")).status, 100);
  EXPECT_EQ(connection.Exchange("1\r\nx\r\n0\r\n\r\n").body, "POST /p [] x");
  // Nothing to ask for: the body is there already, or there is none.
  EXPECT_EQ(connection.Exchange(Sized(expect, "body")).body, "POST /p [] body");
  EXPECT_EQ(connection.Exchange(Sized(expect, "")).body, "POST /p [] ");
  EXPECT_EQ(connection.Exchange(Post(expect + "Content-Length: 1001\r\n", "")).status, 413);
}

TEST_F(ServerBodyTest, DoesNotSendContinueToHttp10) {
  Start();
  RawConnection connection(server_->port());
  connection.Send("POST /p HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_FALSE(connection.Readable(20));
  EXPECT_EQ(connection.Exchange("body").status, 200);
}

TEST_F(ServerBodyTest, UndoesGzip) {
  Start();
  const std::string text = "some text " + std::string(500, 'z');
  const std::string fields = "Content-Encoding: gzip\r\n";
  RawConnection connection(server_->port());
  EXPECT_EQ(connection.Exchange(Sized(fields, Gzip(text))).body, "POST /p [] " + text);
  EXPECT_EQ(connection.Exchange(Chunked(fields, Gzip(text), 5)).body, "POST /p [] " + text);
  EXPECT_EQ(connection.Exchange(Sized("Content-Encoding: identity\r\n", text)).body,
            "POST /p [] " + text);
}

TEST_F(ServerBodyTest, RefusesGzipThatIsBrokenCutOffOrABomb) {
  Start();
  const std::string fields = "Content-Encoding: gzip\r\n";
  const std::string coded = Gzip(std::string(500, 'z'));
  EXPECT_EQ(Ask(Sized(fields, "no gzip")).status, 400);
  EXPECT_EQ(Ask(Sized(fields, coded.substr(0, coded.size() - 3))).status, 400);
  EXPECT_EQ(Ask(Sized(fields, Gzip(std::string(1000, 'z')))).status, 200);
  EXPECT_EQ(Ask(Sized(fields, Gzip(std::string(1001, 'z')))).status, 413);
  EXPECT_EQ(Ask(Sized(fields, Gzip(std::string(400'000, 'z')))).status, 413);
  EXPECT_EQ(Ask(Sized("Content-Encoding: br\r\n", "x")).status, 415);
}

TEST_F(ServerBodyTest, AnswersInGzipWhoeverWantsIt) {
  const std::string text(5000, 't');
  application_.handle = [&](Request& request, const core::Cancel&) {
    Response response = Plain(request.path == "/small" ? "small" : text);
    if (request.path == "/image") response.headers.Set("Content-Type", "image/png");
    return response;
  };
  Start();
  RawConnection connection(server_->port());
  const std::string wants = " HTTP/1.1\r\nHost: h\r\nAccept-Encoding: deflate, gzip;q=0.7\r\n\r\n";
  const RawAnswer coded = connection.Exchange("GET /large" + wants);
  EXPECT_EQ(coded.Header("content-encoding"), "gzip");
  EXPECT_EQ(coded.Header("vary"), "Accept-Encoding");
  EXPECT_LT(coded.body.size(), 200U);
  Gunzip gunzip(10'000);
  std::string out;
  EXPECT_EQ(gunzip.Add(coded.body, out), Gunzip::Status::kOk);
  EXPECT_EQ(out, text);

  connection.Send("HEAD /large" + wants);
  const RawAnswer head = connection.ReadAnswer(true);
  EXPECT_EQ(head.Header("content-encoding"), "gzip");
  EXPECT_EQ(head.Header("content-length"), coded.Header("content-length"));

  const RawAnswer plain = connection.Exchange("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(plain.body, text);
  EXPECT_EQ(plain.Header("vary"), "Accept-Encoding");
  EXPECT_FALSE(plain.headers.contains("content-encoding"));

  for (const char* path : {"/small", "/image"}) {
    const RawAnswer as_is = connection.Exchange("GET " + std::string(path) + wants);
    EXPECT_FALSE(as_is.headers.contains("content-encoding")) << path;
    EXPECT_FALSE(as_is.headers.contains("vary")) << path;
  }
}

class Counting final : public BodySource {
 public:
  Counting(int pieces, bool fails) : left_(pieces), fails_(fails) {}
  std::string Next(const core::Cancel&) override {
    if (left_ == 0 && fails_) throw std::runtime_error("broken");
    if (left_ == 0) return {};
    return std::string(100'000, static_cast<char>('a' + left_-- % 26));
  }

 private:
  int left_;
  const bool fails_;
};

TEST_F(ServerBodyTest, StreamsWhatASourceGives) {
  application_.handle = [](Request& request, const core::Cancel&) {
    Response response = Plain("");
    response.source =
        std::make_shared<Counting>(request.path == "/none" ? 0 : 30, request.path == "/broken");
    return response;
  };
  Start();
  RawConnection connection(server_->port());
  for (int i = 0; i < 2; ++i) {
    const RawAnswer answer = connection.Exchange("GET /s HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.Header("transfer-encoding"), "chunked");
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(answer.body.size(), 3'000'000U);
  }
  EXPECT_TRUE(connection.Exchange("GET /none HTTP/1.1\r\nHost: h\r\n\r\n").complete);
  connection.Send("HEAD /s HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(connection.ReadAnswer(true).Header("transfer-encoding"), "chunked");
  EXPECT_EQ(connection.Exchange("GET /s HTTP/1.1\r\nHost: h\r\n\r\n").body.size(), 3'000'000U);

  const RawAnswer old = Ask("GET /s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(old.headers.contains("transfer-encoding"));
  EXPECT_EQ(old.Header("connection"), "close");
  EXPECT_EQ(old.body.size(), 3'000'000U);

  const RawAnswer broken = Ask("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(broken.status, 200);
  EXPECT_EQ(broken.body.size(), 3'000'000U);
  EXPECT_FALSE(broken.complete);
}

}  // namespace
}  // namespace healthlake::http
