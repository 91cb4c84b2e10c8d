// A plain socket to a server under test: sends any bytes, however wrong, and reads answers.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace healthlake::support {

struct RawAnswer {
  int status = 0;                              // 0: the connection ended before a whole answer
  std::map<std::string, std::string> headers;  // names in lower case; repeated values with ", "
  std::string body;                            // chunks joined
  bool complete = false;

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

// Waits at most ten seconds for anything, then behaves as if the server had closed.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port, int receive_buffer = 0) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // NOLINTNEXTLINE: the sockets interface wants this cast
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~RawConnection() { Close(); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // False when the server took no more.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd state{socket_, POLLOUT, 0};
      if (poll(&state, 1, kPatienceMs) <= 0) return false;
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Whether bytes, or the end, can be read within that time.
  bool Readable(int milliseconds) {
    if (!buffer_.empty()) return true;
    pollfd state{socket_, POLLIN, 0};
    return poll(&state, 1, milliseconds) > 0;
  }

  // Reads the next bytes into the buffer; false at the end.
  bool Receive() {
    if (!Readable(kPatienceMs) && buffer_.empty()) return false;
    pollfd state{socket_, POLLIN, 0};
    if (poll(&state, 1, kPatienceMs) <= 0) return false;
    char bytes[16 * 1024];
    const ssize_t size = recv(socket_, bytes, sizeof(bytes), 0);
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  // Everything up to and with `mark`; what there is at the end.
  std::string ReadThrough(std::string_view mark) {
    std::size_t at = buffer_.find(mark);
    while (at == std::string::npos && Receive()) at = buffer_.find(mark);
    return Take(at == std::string::npos ? buffer_.size() : at + mark.size());
  }

  std::string ReadBytes(std::size_t size) {
    while (buffer_.size() < size && Receive()) {
    }
    return Take(size);
  }

  std::string ReadToEnd() {
    while (Receive()) {
    }
    return Take(buffer_.size());
  }

  // True when the server has closed and there is nothing left to read.
  bool AtEnd() { return ReadToEnd().empty(); }

  RawAnswer ReadAnswer(bool to_head = false) {
    RawAnswer answer;
    const std::string head = ReadThrough("\r\n\r\n");
    if (!head.ends_with("\r\n\r\n") || !head.starts_with("HTTP/1.1 ")) return answer;
    answer.status = std::atoi(head.c_str() + 9);
    ReadFields(head, answer);
    if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) {
      answer.complete = true;
    } else if (answer.Header("transfer-encoding") == "chunked") {
      ReadChunks(answer);
    } else if (answer.headers.contains("content-length")) {
      const std::size_t size = std::strtoull(answer.Header("content-length").c_str(), nullptr, 10);
      answer.body = ReadBytes(size);
      answer.complete = answer.body.size() == size;
    } else {
      answer.body = ReadToEnd();
      answer.complete = true;
    }
    return answer;
  }

  RawAnswer Exchange(std::string_view request) {
    Send(request);
    return ReadAnswer();
  }

  void CloseWriting() { shutdown(socket_, SHUT_WR); }
  void Close() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

 private:
  static constexpr int kPatienceMs = 10'000;

  std::string Take(std::size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

  static void ReadFields(const std::string& head, RawAnswer& answer) {
    std::size_t at = head.find("\r\n") + 2;
    while (at + 2 < head.size()) {
      const std::size_t end = head.find("\r\n", at);
      const std::size_t colon = head.find(": ", at);
      std::string name = head.substr(at, colon - at);
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      std::string& value = answer.headers[name];
      if (!value.empty()) value += ", ";
      value += head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
  }

  void ReadChunks(RawAnswer& answer) {
    for (;;) {
      const std::string line = ReadThrough("\r\n");
      if (!line.ends_with("\r\n")) return;
      const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
      const std::string chunk = ReadBytes(size + 2);
      if (chunk.size() != size + 2) return;
      answer.body.append(chunk, 0, size);
      answer.complete = size == 0;
      if (size == 0) return;
    }
  }

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace healthlake::support
